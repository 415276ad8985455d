using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Locks between processes on the files of a data home. The operating system releases them when a process dies.</summary>
internal static class FileLock
{
    // Nothing signals a released file lock; a start or stop holds it for a second or two.
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits until nobody else holds <paramref name="path"/>, up to <paramref name="patience"/>.</summary>
    public static async Task<FileStream> TakeAsync(string path, TimeSpan patience, ILogger logger, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var told = false;
        while (true)
        {
            if (TryTake(path, out var busy) is { } taken)
            {
                return taken;
            }

            var waited = time.GetElapsedTime(start);
            if (waited > patience)
            {
                throw new EmbeddedPostgresException(
                    $"Another process has held the lock '{path}' for {waited.TotalSeconds:0} s. Stop the process that is starting or stopping the database there, then start again.",
                    busy
                );
            }

            if (!told && waited > TellAfter)
            {
                told = true;
                Log.WaitingForLock(logger, Path.GetDirectoryName(path)!);
            }

            await Task.Delay(PollEvery, time, ct);
        }
    }

    /// <summary>The exclusive lock, or null if anybody holds it, shared or not.</summary>
    public static FileStream? TryTake(string path) => TryTake(path, out _);

    /// <summary>A lock that others may share; null if somebody holds the exclusive one.</summary>
    public static FileStream? TryShare(string path)
    {
        try
        {
            return Open(path, FileAccess.Read, FileShare.Read);
        }
        catch (IOException error) when (IsBusy(error))
        {
            return null;
        }
    }

    private static FileStream? TryTake(string path, out IOException? busy)
    {
        busy = null;
        try
        {
            return Open(path, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsBusy(error))
        {
            busy = error;
            return null;
        }
    }

    private static FileStream Open(string path, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = access,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Who may read a file may lock it, and so could keep others waiting for ever.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }

    // Missing folders and the like have types of their own.
    private static bool IsBusy(IOException error) => error.GetType() == typeof(IOException);
}
