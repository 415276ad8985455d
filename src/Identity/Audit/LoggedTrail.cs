using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>A trail of log lines, for hosts that keep no audit log.</summary>
internal sealed class LoggedTrail(ILogger<LoggedTrail> logger) : IAuditTrail
{
    private long last;

    /// <inheritdoc />
    public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct) => ValueTask.FromResult(Write(note));

    /// <inheritdoc />
    public void Post(AuditNote note) => Write(note);

    private long Write(AuditNote note)
    {
        var number = Interlocked.Increment(ref last);
        Log.Audited(
            logger,
            number,
            note.Actor.Who ?? note.Actor.Name,
            note.Deed.Action,
            note.Deed.Subject,
            note.End.ToString(),
            note.Reason
        );
        return number;
    }
}
