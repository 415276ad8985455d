using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>The gate in every service: who acts, whether it is allowed, and the trace that it leaves.</summary>
public interface IAccess
{
    /// <summary>Who acts here.</summary>
    Actor Actor { get; }

    /// <summary>Lets the product itself act until the result is disposed of: jobs, timers, and code of activities, which nobody may borrow rights for.</summary>
    IDisposable AsSystem();

    /// <summary>Lets those pass who have a permission.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks it.</exception>
    void Demand(string permission);

    /// <summary>Makes a change if it is allowed, and has it written into the audit log with its end.</summary>
    /// <param name="deed">What is about to be done.</param>
    /// <param name="change">Does it.</param>
    /// <param name="after">What is to be told about the result; null for nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks the permission.</exception>
    Task<T> ActAsync<T>(Deed deed, Func<Task<T>> change, Func<T, ImmutableSortedDictionary<string, string?>>? after, CancellationToken ct);
}

/// <summary>For hosts without people: command line, tests. The system acts, everything is allowed, nothing is written down.</summary>
public sealed class OpenAccess : IAccess
{
    /// <inheritdoc />
    public Actor Actor => Actor.System;

    /// <inheritdoc />
    public IDisposable AsSystem() => Nothing.Instance;

    /// <inheritdoc />
    public void Demand(string permission) { }

    /// <inheritdoc />
    public Task<T> ActAsync<T>(
        Deed deed,
        Func<Task<T>> change,
        Func<T, ImmutableSortedDictionary<string, string?>>? after,
        CancellationToken ct
    ) => change();

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose() { }
    }
}
