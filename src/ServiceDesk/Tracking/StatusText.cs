using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Tracking;

/// <summary>Where a case stands, in words for its customer. Nothing of it comes from people or notes within the house.</summary>
internal static class StatusText
{
    /// <summary>A status in plain words.</summary>
    public static string Of(CaseStatus status, bool isChinese) =>
        (status, isChinese) switch
        {
            (CaseStatus.New, true) => "我们已收到您的问题",
            (CaseStatus.New, false) => "We have received your request",
            (CaseStatus.Triaged, true) => "我们已确认问题类型，正在安排处理",
            (CaseStatus.Triaged, false) => "We know what it is about, and are arranging for it",
            (CaseStatus.InDiagnosis, true) => "我们正在查找原因",
            (CaseStatus.InDiagnosis, false) => "We are looking for the cause",
            (CaseStatus.InSolution, true) => "我们正在准备解决方案",
            (CaseStatus.InSolution, false) => "We are working on a solution",
            (CaseStatus.InTracking, true) => "解决方案正在执行",
            (CaseStatus.InTracking, false) => "The solution is being carried out",
            (CaseStatus.Resolved, true) => "问题已解决",
            (CaseStatus.Resolved, false) => "Your request has been settled",
            (CaseStatus.InFollowUp, true) => "问题已解决，我们想听听您的意见",
            (CaseStatus.InFollowUp, false) => "Your request has been settled, and we would like to hear how it was",
            (CaseStatus.Closed, true) => "已结束",
            (CaseStatus.Closed, false) => "It is closed",
            (CaseStatus.PendingCustomer, true) => "我们在等待您的答复",
            (CaseStatus.PendingCustomer, false) => "We are waiting for your answer",
            (CaseStatus.PendingThirdParty, true) => "我们在等待合作方的答复",
            (CaseStatus.PendingThirdParty, false) => "We are waiting for a partner",
            (CaseStatus.OnHold, true) => "暂时搁置，我们会按时继续",
            (CaseStatus.OnHold, false) => "It is put aside for now; we will go on in time",
            (CaseStatus.Cancelled, true) => "已取消",
            (CaseStatus.Cancelled, false) => "It was cancelled",
            (CaseStatus.Merged, true) => "已并入您的另一个问题",
            (CaseStatus.Merged, false) => "It goes on together with another request of yours",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
        };

    /// <summary>Which of the five stages it is, 1 to 5: intake, diagnosis, solution, tracking, follow-up. A pause keeps the stage before it.</summary>
    /// <param name="history">Statuses so far, the oldest first.</param>
    public static int StageOf(IEnumerable<CaseStatus> history) =>
        history.Select(StageOf).LastOrDefault(s => s > 0) is var stage and > 0 ? stage : 1;

    private static int StageOf(CaseStatus status) =>
        status switch
        {
            CaseStatus.New or CaseStatus.Triaged => 1,
            CaseStatus.InDiagnosis => 2,
            CaseStatus.InSolution => 3,
            CaseStatus.InTracking => 4,
            CaseStatus.Resolved or CaseStatus.InFollowUp or CaseStatus.Closed => 5,
            _ => 0,
        };
}

/// <summary>Who acts next.</summary>
public enum NextActor
{
    /// <summary>The product: a timer, a partner's system.</summary>
    System,

    /// <summary>A bot.</summary>
    Bot,

    /// <summary>A person of the service.</summary>
    Agent,

    /// <summary>The customer.</summary>
    Customer,

    /// <summary>Nobody: it is over.</summary>
    Nobody,
}

/// <summary>What a customer may do on the page.</summary>
public enum StatusAction
{
    /// <summary>Tell more.</summary>
    AddInformation,

    /// <summary>Choose another moment for a callback.</summary>
    RescheduleCallback,

    /// <summary>Call a callback off.</summary>
    CancelCallback,

    /// <summary>Come back with a settled case.</summary>
    Reopen,
}

/// <summary>The rules of the page: pure.</summary>
internal static class StatusRules
{
    /// <summary>Who acts next.</summary>
    /// <param name="status">Where the case stands.</param>
    /// <param name="hasOpenTask">True while a task waits for a person or is worked on.</param>
    /// <param name="hasOpenCallback">True while a callback is promised.</param>
    public static NextActor Next(CaseStatus status, bool hasOpenTask, bool hasOpenCallback) =>
        status switch
        {
            _ when status.IsTerminal() => NextActor.Nobody,
            CaseStatus.PendingCustomer => NextActor.Customer,
            CaseStatus.PendingThirdParty or CaseStatus.OnHold => NextActor.System,
            _ when hasOpenTask || hasOpenCallback => NextActor.Agent,
            CaseStatus.Resolved => NextActor.System,
            CaseStatus.InFollowUp => NextActor.Customer,
            _ => NextActor.Bot,
        };

    /// <summary>What the customer may do.</summary>
    public static IReadOnlyList<StatusAction> May(ServiceCase seen, bool hasOpenCallback, DateTimeOffset now)
    {
        var may = new List<StatusAction>();

        if (seen.Status.IsOpen())
            may.Add(StatusAction.AddInformation);

        if (hasOpenCallback && !seen.Status.IsTerminal())
            may.AddRange([StatusAction.RescheduleCallback, StatusAction.CancelCallback]);

        if (Reopening.Of(seen.Status, seen.ResolvedAt, now) == ReopenAnswer.Reopen)
            may.Add(StatusAction.Reopen);

        return may;
    }
}
