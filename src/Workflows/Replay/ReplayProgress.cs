using System.Globalization;
using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>How far the replay has come: a bar that moves on a terminal, else a line now and then.</summary>
/// <param name="output">Where to.</param>
/// <param name="isTerminal">True: a line may be written over.</param>
internal sealed class ReplayProgress(TextWriter output, bool isTerminal)
{
    private const int Width = 30;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);

    private readonly long began = TimeProvider.System.GetTimestamp();
    private long shown;
    private int longest;
    private bool isComplete;

    /// <summary>Says what is being done now.</summary>
    public void Say(string text)
    {
        Clear();
        output.WriteLine(text);
    }

    /// <summary>Shows how far it is.</summary>
    public void Show(int begun, int all, DateTimeOffset productTime)
    {
        var isLast = begun == all && !isComplete;
        isComplete |= isLast;

        if (shown != 0 && !isLast && TimeProvider.System.GetElapsedTime(shown) < (isTerminal ? BarEvery : LineEvery))
            return;

        shown = TimeProvider.System.GetTimestamp();
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var full = (int)((double)begun / all * Width);
        var text = new StringBuilder()
            .Append(isTerminal ? $"[{new string('#', full)}{new string('-', Width - full)}] " : "")
            .Append(
                CultureInfo.InvariantCulture,
                $"{begun} of {all} cases begun ({100.0 * begun / all:0} %), product time {productTime:yyyy-MM-dd HH:mm}, {seconds:0} s, {begun / seconds:0.0} cases/s"
            )
            .ToString();

        if (!isTerminal)
        {
            output.WriteLine(text);
            return;
        }

        output.Write($"\r{text.PadRight(longest)}");
        longest = text.Length;
    }

    /// <summary>Ends the bar.</summary>
    public void Clear()
    {
        if (longest == 0)
            return;

        output.WriteLine();
        longest = 0;
    }
}
