using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A file of a task.</summary>
/// <param name="Id">Which.</param>
/// <param name="Name">Name without folders.</param>
/// <param name="MediaType">One of <see cref="FileTypes"/>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content, hex.</param>
/// <param name="AddedBy">Who; null for the product.</param>
/// <param name="At">When, UTC.</param>
public sealed record TaskFileView(string Id, string Name, string MediaType, int Size, string Sha256, string? AddedBy, DateTimeOffset At);

/// <summary>Files of tasks: few and small, so they stand in the database and go with its backup.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class TaskFiles
{
    /// <summary>Largest file.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    /// <summary>Most files of a task.</summary>
    public const int MaxFiles = 20;

    private static readonly string Insert = SqlFile.Beside<TaskFiles>("task_file.insert");
    private static readonly string ListSql = SqlFile.Beside<TaskFiles>("task_file.list");
    private static readonly string ReadSql = SqlFile.Beside<TaskFiles>("task_file.read");

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/\\\r\n\t\"<>|:*?");

    private readonly TaskStore store;
    private readonly IAccess access;
    private readonly TimeProvider clock;

    internal TaskFiles(TaskStore store, IAccess access, TimeProvider clock) =>
        (this.store, this.access, this.clock) = (store, access, clock);

    /// <summary>The files of a task, oldest first.</summary>
    /// <exception cref="DeskRefusedException">There is no such task.</exception>
    public async Task<IReadOnlyList<TaskFileView>> ListAsync(string taskId, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);
        _ = await store.FindAsync(taskId, ct) ?? throw TaskRefusals.Unknown(taskId);
        return await store.Database.ReadAsync(ListSql, Read, ct, Arg.Text(taskId));
    }

    /// <summary>A file with its content.</summary>
    /// <exception cref="DeskRefusedException">There is no such file.</exception>
    public async Task<(TaskFileView File, byte[] Content)> GetAsync(string taskId, string fileId, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);
        return
            (await store.Database.ReadAsync(ReadSql, static r => (Read(r), r.GetBlob(7)), ct, Arg.Text(taskId), Arg.Text(fileId)))
                is [var found]
            ? found
            : throw DeskRefusedException.Unknown("task.file", $"Task '{taskId}' has no file '{fileId}'.");
    }

    /// <summary>Attaches a file; the same content under the same name is attached once.</summary>
    /// <exception cref="DeskRefusedException">Unknown or ended task, a file that is too large or of another kind, or too many of them.</exception>
    public Task<TaskFileView> AddAsync(string taskId, string name, string mediaType, byte[] content, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TasksComplete, "task.attach", taskId)
            {
                Wanted = Facts.Of(("name", name), ("bytes", content.Length.ToString(CultureInfo.InvariantCulture))),
                IsJournalled = true,
            },
            () => InsertAsync(taskId, name, mediaType, content, ct),
            file => Facts.Of(("file", file.Id)),
            ct
        );

    private async Task<TaskFileView> InsertAsync(string taskId, string name, string mediaType, byte[] content, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var actor = TaskDesk.ActorOf(access);
        var file = new TaskFileView(
            Guid.CreateVersion7(now).ToString("N"),
            CheckedName(name),
            CheckedType(mediaType, content),
            content.Length,
            Convert.ToHexStringLower(SHA256.HashData(content)),
            access.Actor.Who ?? actor.Id,
            now
        );
        TaskFileView? kept = null;

        await store.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                var row = await TaskStore.LockAsync(connection, transaction, taskId, ct) ?? throw TaskRefusals.Unknown(taskId);

                if (TaskLifecycle.Apply(row.Standing, TaskVerb.Attach, actor).Refusal is { } refusal)
                    throw TaskRefusals.Of(row, TaskVerb.Attach, refusal);

                var others = new List<TaskFileView>();
                await using (var command = new Npgsql.NpgsqlCommand(ListSql, connection, transaction) { Parameters = { Arg.Text(taskId) } })
                await using (var reader = await command.ExecuteReaderAsync(ct))
                {
                    while (await reader.ReadAsync(ct))
                        others.Add(Read(reader));
                }

                kept = others.Find(f => f.Sha256 == file.Sha256 && f.Name == file.Name);

                if (kept is not null)
                    return;

                if (others.Count >= MaxFiles)
                    throw DeskRefusedException.Conflict(
                        "task.too-many-files",
                        $"Task '{taskId}' has {MaxFiles} files already; no more are kept."
                    );

                await using var batch = new Npgsql.NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(
                    new Npgsql.NpgsqlBatchCommand(Insert)
                    {
                        Parameters =
                        {
                            Arg.Text(file.Id),
                            Arg.Text(taskId),
                            Arg.Text(file.Name),
                            Arg.Text(file.MediaType),
                            Arg.Integer(file.Size),
                            Arg.Text(file.Sha256),
                            Arg.Blob(content),
                            Arg.Text(file.AddedBy),
                            Arg.Time(now),
                        },
                    }
                );
                batch.BatchCommands.Add(TaskStore.Telling(taskId, now, file.AddedBy, "attach", row.Rev, file.Name));
                await batch.ExecuteNonQueryAsync(ct);
                kept = file;
            },
            ct
        );

        return kept!;
    }

    internal static string CheckedName(string name)
    {
        var text = TextRules.Required(name, "name", 200);
        return text.AsSpan().ContainsAny(NotInNames) || text is "." or ".."
            ? throw DeskRefusedException.Invalid(
                "file.name",
                "name",
                $"'{text}' cannot be the name of a file. Leave folders and special characters out."
            )
            : text;
    }

    internal static string CheckedType(string mediaType, byte[] content)
    {
        if (content.Length is 0 or > MaxBytes)
            throw DeskRefusedException.Invalid(
                "file.size",
                "content",
                string.Create(CultureInfo.InvariantCulture, $"The file has {content.Length} bytes. 1 to {MaxBytes} are kept.")
            );

        var plain = mediaType.Split(';')[0].Trim().ToLowerInvariant();

        if (!FileTypes.IsKnown(plain))
            throw DeskRefusedException.Invalid(
                "file.type",
                "mediaType",
                $"Files of the kind '{plain}' are not kept. There are: {string.Join(", ", FileTypes.All)}."
            );

        return FileTypes.Fits(plain, content)
            ? plain
            : throw DeskRefusedException.Invalid("file.content", "content", $"The file does not hold what it is said to be: '{plain}'.");
    }

    private static TaskFileView Read(Npgsql.NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetString(4), r.FindText(5), r.GetTime(6));
}
