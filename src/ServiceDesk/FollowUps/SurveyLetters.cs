using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Letters;

namespace ServiceLoop.ServiceDesk.FollowUps;

/// <summary>Writes the message that asks a customer, with the link by which the customer answers.</summary>
internal sealed class SurveyLetters(Database database, LetterDesk letters, ContactOptions options)
{
    private const string Name = "survey-invitation";

    /// <summary>The message; null for a call, and where nobody is known who could be written to.</summary>
    public async Task<Message?> WriteAsync(FollowUp followUp, string token, CancellationToken ct)
    {
        if (followUp.Kind == FollowUpKind.Call || await CustomerReach.FindAsync(database, followUp.CustomerId, ct) is not { } customer)
            return null;

        var about = followUp.CaseId is { } id
            ? (await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(id))).SingleOrDefault()
            : null;
        return await letters.WriteAsync(
            new(Name, $"survey:{followUp.Id}", customer.Way(letters, followUp.Channel))
            {
                Special = $"{Name}-{Words.Of(followUp.Metric)}",
                CustomerId = customer.Id,
                CaseId = followUp.CaseId,
                InstanceId = followUp.InstanceId,
                Values = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["link"] = options.Link(options.SurveyPath, token),
                    ["token"] = token,
                    ["metric"] = Words.Of(followUp.Metric),
                    ["case_number"] = about?.Label,
                    ["title"] = about?.Title,
                    ["expires_at"] = followUp.ExpiresAt,
                },
            },
            ct
        );
    }
}
