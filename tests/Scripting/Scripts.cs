using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Tests;

/// <summary>Compiles and evaluates in one line; a script that does not come back within the watchdog's time fails the test.</summary>
internal static class Scripts
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(60);

    public static JavaScriptLanguage JavaScript { get; } = new();

    public static LiquidLanguage Liquid { get; } = new();

    public static object? Run(string source, FakeScope? scope = null) => JavaScript.Compile(source).Evaluate(scope ?? new());

    public static string? Render(string template, FakeScope? scope = null) => (string?)Liquid.Compile(template).Evaluate(scope ?? new());

    public static ExpressionException Fails(string source, FakeScope? scope = null) =>
        Should.Throw<ExpressionException>(() => Run(source, scope));

    /// <summary>Runs on a thread of its own, with as little stack as a server thread has.</summary>
    public static Exception? Watch(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            1024 * 1024
        )
        {
            IsBackground = true,
        };
        thread.Start();
        return thread.Join(Watchdog) ? failure : new TimeoutException("The script hangs.");
    }
}
