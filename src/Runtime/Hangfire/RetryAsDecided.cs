using Hangfire.Common;
using Hangfire.States;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Makes Hangfire's state of a job say what the policy of the work has decided: tried again at a time, or failed for good.</summary>
internal sealed class RetryAsDecided : JobFilterAttribute, IElectStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FailedState { Exception: WorkFailedException { RetryIn: { } delay } failure })
            context.CandidateState = new ScheduledState(delay) { Reason = failure.Message };
    }
}
