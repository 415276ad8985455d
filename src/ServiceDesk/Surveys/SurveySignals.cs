using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.FollowUps;

namespace ServiceLoop.ServiceDesk.Surveys;

/// <summary>Tells the ladder of a customer who is disappointed again, in the transaction of the answer.</summary>
internal static class SurveySignals
{
    /// <summary>So far back low answers count together.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    private static readonly string CountLow = SqlFile.Beside<SurveyDesk>("survey_response.count_low");

    public static async Task TellAsync(NpgsqlConnection db, FollowUp followUp, SurveyResponse answer, CancellationToken ct)
    {
        // The lock lets two answers of one customer be counted one after the other.
        if (followUp.CustomerId is not { } customer || await CustomerStore.LockRootAsync(db, customer, ct) is not { } root)
            return;

        var count = (await db.ReadAsync(CountLow, r => r.GetInt64(0), ct, Arg.Text(root), Arg.Time(answer.AnsweredAt - Memory))).Single();
        var metric = Words.Of(answer.Metric).ToUpperInvariant();
        var signal = new EscalationSignal
        {
            Key = $"survey:{followUp.Id}",
            Kind = SignalKinds.LowScores,
            Value = count,
            IsClear = !answer.IsLow,
            SubjectKind = "customer",
            SubjectId = root,
            Metric = "satisfaction",
            CaseId = followUp.CaseId,
            Reason = string.Create(CultureInfo.InvariantCulture, $"low score no. {count} of the customer: {metric} {answer.Score}"),
            At = answer.AnsweredAt,
        };
        await db.AskAsync([EscalationWork.Of(signal)], ct);
    }
}
