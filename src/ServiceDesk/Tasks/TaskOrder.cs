using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Who may ask twice: what a caller wants of a task, as it was seen, under an id of the caller's own.</summary>
/// <param name="ExpectedRev">Revision that the caller saw.</param>
/// <param name="OperationId">Id of the wish: repeated with the same content it gets the same answer. 1 to 100 characters.</param>
public sealed record TaskOrder(long ExpectedRev, string OperationId)
{
    /// <summary>Who is to get it, for assign, reassign and delegate.</summary>
    public string? Target { get; init; }

    /// <summary>A moment, for due and follow-up; null takes it away.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>A priority, for set-priority.</summary>
    public Routing.Priority? Priority { get; init; }

    /// <summary>A draft as JSON text, for save-draft; or a text, for comment.</summary>
    public string? Text { get; init; }

    /// <summary>True: over the limit of the agent; supervisors only, written into the history.</summary>
    public bool IsOverride { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Reason { get; init; }

    /// <summary>Equal for equal wishes of the same agent: what one has asked for is no answer to another.</summary>
    internal string Fingerprint(TaskVerb verb, string agentId, string? more = null)
    {
        var text = $"{verb}\n{agentId}\n{Target}\n{At?.UtcTicks}\n{Priority}\n{IsOverride}\n{Reason}\n{Text}\n{more}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
