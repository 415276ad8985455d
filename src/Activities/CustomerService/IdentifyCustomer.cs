using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Finds the customer of some identities, makes one where nobody has them, and gives the case to the customer.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Finds the customer by address, number or id; makes one where there is none; asks where it may be several.",
    DisplayName = "Identify Customer",
    Commit = CommitPoint.After
)]
[FlowNode("Known", "New", "Ambiguous")]
public sealed class IdentifyCustomer : Activity
{
    [Input(Description = "The contact; its sender is used where nothing else is given.", Order = 1)]
    public Input<string> InteractionId { get; set; } = new((string?)null);

    [Input(Description = "Address for mail.", Order = 2)]
    public Input<string> Email { get; set; } = new((string?)null);

    [Input(Description = "Telephone number.", Order = 3)]
    public Input<string> Phone { get; set; } = new((string?)null);

    [Input(DisplayName = "External ID", Description = "Id in another system: crm:4711.", Order = 4)]
    public Input<string> ExternalId { get; set; } = new((string?)null);

    [Input(Description = "It is proven that these belong to the customer.", UIHint = InputHints.Checkbox, Order = 5)]
    public Input<bool> IsVerified { get; set; } = new(false);

    [Input(Description = "Name of a new customer.", Order = 6)]
    public Input<string> CustomerName { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the customer; none while it may be several.")]
    public Output<string> CustomerId { get; set; } = new();

    [Output(Description = "All customers that it may be.")]
    public Output<string[]> Candidates { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var contact = DeskInputs.Text(context, InteractionId, "InteractionId", 200);
        var identities = await IdentitiesAsync(context, contact);
        var request = new CustomerRequest { Name = CustomerName?.Get(context) };
        var desk = context.GetRequiredService<CustomerDesk>();
        var found = await desk.IdentifyAsync(context.ActivityInstanceId, identities, request, context.CancellationToken);
        CustomerId.Set(context, found.CustomerId);
        Candidates.Set(context, found.Candidates.ToArray());

        if (found.CustomerId is { } customer && DeskInputs.FindCase(context, CaseId) is { } caseId)
            context.Record(new CaseCustomer(caseId, customer, contact));

        context.CompleteWithOutcomes(found.Kind.ToString());
    }

    private async ValueTask<IReadOnlyList<IdentityRequest>> IdentitiesAsync(ActivityExecutionContext context, string? contact)
    {
        var isVerified = IsVerified is not null && IsVerified.Get(context);
        var given = new[] { ("email", Email), ("phone", Phone), ("external", ExternalId) }
            .Select(i => new IdentityRequest(i.Item1, DeskInputs.Text(context, i.Item2, i.Item1, 300), isVerified))
            .Where(i => i.Value is not null)
            .ToList();

        if (given.Count > 0 || contact is null)
            return given;

        var sender = await context.GetRequiredService<InteractionDesk>().SenderAsync(contact, context.CancellationToken);
        return sender is null ? [] : [sender];
    }
}
