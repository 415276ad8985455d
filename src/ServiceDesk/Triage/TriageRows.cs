using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>Who serves a case now.</summary>
/// <param name="Id">Id; the same choice told again is one.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Facts">What decided it.</param>
/// <param name="Choice">The mode and why.</param>
public sealed record ServiceModeRow(string Id, string CaseId, ServiceModeFacts Facts, ServiceModeChoice Choice);

/// <summary>Writes judgements with what follows for their cases.</summary>
public sealed class TriageOutcomeWriter : IRecordWriter
{
    private static readonly string Record = SqlFile.Beside<TriageResult>("triage_result.record");

    /// <inheritdoc/>
    public Type RowType => typeof(TriageOutcome);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var outcomes = rows.Select(r => (TriageOutcome)r.Row).ToList();
        var results = outcomes.ConvertAll(o => o.Result);
        var command = new NpgsqlBatchCommand(Record);

        foreach (
            var parameter in (NpgsqlParameter[])
                [
                    Arg.Texts(results.Select(r => r.Id)),
                    Arg.Texts(results.Select(r => r.CaseId)),
                    Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)),
                    Arg.Texts(results.Select(r => r.ModelVersion)),
                    Arg.Integers(results.Select(r => r.TaxonomyVersion)),
                    Arg.Texts(results.Select(r => r.Intent)),
                    Arg.Texts(results.Select(r => r.Category)),
                    Arg.Texts(results.Select(r => r.Queue)),
                    Numbers(results.Select(r => r.Confidence)),
                    Numbers(results.Select(r => r.Threshold)),
                    Arg.Flags(results.Select(r => r.IsSure)),
                    Arg.Texts(results.Select(r => JsonSerializer.Serialize(r.Ranked, JsonSerializerOptions.Web))),
                    Arg.Texts(results.Select(r => r.Language)),
                    Numbers(results.Select(r => r.Sentiment.Score)),
                    Arg.Flags(results.Select(r => r.Sentiment.IsAngry)),
                    Arg.Texts(results.Select(r => Words.Of(r.Complexity))),
                    Arg.Texts(results.Select(r => r.Text)),
                    Arg.Texts(outcomes.Select(o => o.Rule is { } rule ? Words.Of(rule.Impact) : null)),
                    Arg.Texts(outcomes.Select(o => o.Rule is { } rule ? Words.Of(rule.Urgency) : null)),
                ]
        )
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);

        foreach (var telling in CaseTelling.Telling([.. rows.Select(r => LineOf(r, ((TriageOutcome)r.Row).Result))]))
            batch.BatchCommands.Add(telling);
    }

    private static CaseLine LineOf(RecordedRow row, TriageResult result) =>
        new($"triage:{result.Id}", result.CaseId, row.Now, $"workflow:{row.InstanceId}", "judge", null);

    internal static NpgsqlParameter Numbers(IEnumerable<double> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double };
}

/// <summary>Writes what people say that cases are about.</summary>
public sealed class TriageDecisionWriter : IRecordWriter
{
    /// <summary>Keeps decisions and corrects their cases.</summary>
    internal static readonly string Record = SqlFile.Beside<TriageResult>("triage_correction.record");

    /// <inheritdoc/>
    public Type RowType => typeof(TriageDecision);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var command = new NpgsqlBatchCommand(Record);

        foreach (var parameter in Columns([.. rows.Select(r => ((TriageDecision)r.Row, r.Now))]))
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);

        foreach (var telling in CaseTelling.Telling([.. rows.Select(r => LineOf((TriageDecision)r.Row, r.Now))]))
            batch.BatchCommands.Add(telling);
    }

    /// <summary>The line of a decision in the history of its case: clocks and the ladder hear of it.</summary>
    internal static CaseLine LineOf(TriageDecision decision, DateTimeOffset now) =>
        new($"decision:{decision.Id}", decision.CaseId, now, decision.By, "judge", null);

    internal static NpgsqlParameter[] Columns(IReadOnlyList<(TriageDecision Decision, DateTimeOffset Now)> rows) =>
        [
            Arg.Texts(rows.Select(r => r.Decision.Id)),
            Arg.Texts(rows.Select(r => r.Decision.CaseId)),
            Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)),
            Arg.Texts(rows.Select(r => r.Decision.By)),
            Arg.Texts(rows.Select(r => r.Decision.Reason)),
            Arg.Texts(rows.Select(r => r.Decision.Rule.Name)),
            Arg.Texts(rows.Select(r => r.Decision.Rule.Category)),
            Arg.Texts(rows.Select(r => r.Decision.Rule.Queue)),
            Arg.Texts(rows.Select(r => Words.Of(r.Decision.Rule.Impact))),
            Arg.Texts(rows.Select(r => Words.Of(r.Decision.Rule.Urgency))),
        ];
}

/// <summary>Writes who serves cases.</summary>
public sealed class ServiceModeWriter : IRecordWriter
{
    private static readonly string Record = SqlFile.Beside<TriageResult>("service_mode_choice.record");

    /// <inheritdoc/>
    public Type RowType => typeof(ServiceModeRow);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var choices = rows.Select(r => (ServiceModeRow)r.Row).ToList();
        var command = new NpgsqlBatchCommand(Record);
        command.Parameters.Add(Arg.Texts(choices.Select(c => c.Id)));
        command.Parameters.Add(Arg.Texts(choices.Select(c => c.CaseId)));
        command.Parameters.Add(Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)));
        command.Parameters.Add(Arg.Texts(choices.Select(c => Words.Of(c.Choice.Mode))));
        command.Parameters.Add(Arg.Texts(choices.Select(c => Words.Of(c.Choice.Reason))));
        command.Parameters.Add(TriageOutcomeWriter.Numbers(choices.Select(c => c.Facts.Sentiment.Score)));
        command.Parameters.Add(Arg.Flags(choices.Select(c => c.Facts.Sentiment.IsAngry)));
        command.Parameters.Add(Arg.Texts(choices.Select(c => Words.Of(c.Facts.Complexity))));
        command.Parameters.Add(Arg.Integers(choices.Select(c => c.Facts.ContactNo)));
        command.Parameters.Add(Arg.Smalls(choices.Select(c => (short)c.Facts.Priority)));
        command.Parameters.Add(Arg.Flags(choices.Select(c => c.Facts.HasAnswer)));
        batch.BatchCommands.Add(command);
    }
}
