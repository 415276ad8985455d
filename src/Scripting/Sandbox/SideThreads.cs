using System.Collections.Concurrent;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>Runs scripts that could stay inside one native call on threads of their own, so that the caller gets its answer in time.</summary>
/// <remarks>
/// The interpreter asks its limits between statements. What a script does inside one built-in function is guarded where it takes memory; where it
/// only takes time, this is the last resort: the caller gives up, the thread is cut off from the scope and never used again. It ends when the
/// native call does. A script that asks for it can so occupy a thread, but neither the step nor the process.
/// </remarks>
internal sealed class SideThreads(ScriptLimits limits)
{
    // The interpreter notices its own time limit first; one match of a regular expression may come on top.
    private readonly TimeSpan patience = limits.Timeout + limits.RegexTimeout + TimeSpan.FromSeconds(1);
    private readonly ConcurrentBag<SideThread> idle = [];

    /// <summary>Runs the body with the scope and waits for it.</summary>
    /// <exception cref="ExpressionException">The body did not end in time.</exception>
    public object? Run(IExpressionScope scope, Func<IExpressionScope, object?> body)
    {
        var thread = idle.TryTake(out var ready) ? ready : new();
        using var gate = new ScopeGate(scope);

        if (!thread.TryRun(() => body(gate), patience, out var result, out var failure))
            throw ScriptFaults.OfTime(limits);

        idle.Add(thread);

        // The failure is ours and fresh: thrown anew it belongs to this thread.
        return failure is null ? result : throw new ExpressionException(failure.Message, failure.Line, failure.Column, failure);
    }

#pragma warning disable CA1001 // Lives as long as its thread; a semaphore without wait handle holds nothing.
    private sealed class SideThread
#pragma warning restore CA1001
    {
        private const int StackBytes = 2 * 1024 * 1024;

        private readonly SemaphoreSlim start = new(0);
        private readonly SemaphoreSlim end = new(0);
        private Func<object?>? body;
        private object? result;
        private ExpressionException? failure;
        private bool abandoned;

        public SideThread() => new Thread(Loop, StackBytes) { IsBackground = true, Name = "ServiceLoop script" }.Start();

        public bool TryRun(Func<object?> work, TimeSpan patience, out object? value, out ExpressionException? error)
        {
            body = work;
            start.Release();
            var inTime = end.Wait(patience);
            (value, error) = inTime ? (result, failure) : (null, null);
            (result, failure) = inTime ? (null, null) : (result, failure);

            if (!inTime)
            {
                Volatile.Write(ref abandoned, true);
                start.Release();
            }

            return inTime;
        }

        private void Loop()
        {
            while (true)
            {
                start.Wait();

                if (Volatile.Read(ref abandoned))
                    return;

                try
                {
                    result = body!();
                }
                catch (ExpressionException e)
                {
                    failure = e;
                }
                catch (Exception e)
                {
                    failure = new(e.Message, inner: e);
                }

                body = null;
                end.Release();
            }
        }
    }
}
