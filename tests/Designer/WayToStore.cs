using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Tests;

/// <summary>Passes every call on to a store, until a test blocks the way: then the store is as unreachable as a database that is away.</summary>
internal sealed class WayToStore
{
    public WayToStore(IWorkflowStore store)
    {
        Through = DispatchProxy.Create<IWorkflowStore, Way>();
        ((Way)(object)Through).Store = store;
    }

    /// <summary>What the code under test gets.</summary>
    public IWorkflowStore Through { get; }

    /// <summary>True: nothing goes through.</summary>
    public bool IsBlocked
    {
        get => ((Way)(object)Through).IsBlocked;
        set => ((Way)(object)Through).IsBlocked = value;
    }

    /// <summary>Made by the runtime, which wants to derive from it.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "The runtime derives from it.")]
    public class Way : DispatchProxy
    {
        public IWorkflowStore Store { get; set; } = null!;

        public bool IsBlocked { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (IsBlocked)
                throw new StoreUnavailableException("The test blocks the way.");

            try
            {
                return targetMethod!.Invoke(Store, args);
            }
            catch (TargetInvocationException e) when (e.InnerException is { } inner)
            {
                ExceptionDispatchInfo.Throw(inner);
                throw;
            }
        }
    }
}
