using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Messages;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Sends a message to a customer, by a template or with a text of its own.</summary>
/// <remarks>The message is made now and kept with the step: it goes out if and only if the step is kept, however often the step is repeated.</remarks>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Sends a message to a customer, by a template or with a text of its own.",
    DisplayName = "Send Message"
)]
public sealed class SendMessage : CodeActivity
{
    /// <summary>The way that it goes.</summary>
    [Input(
        Description = "The way that it goes.",
        UIHint = InputHints.Dropdown,
        Options = ["Email", "Webhook", "Outbox"],
        DefaultValue = "Email"
    )]
    public Input<MessageChannel> Channel { get; set; } = new(MessageChannel.Email);

    /// <summary>To whom.</summary>
    [Input(Description = "To whom: an e-mail address, the name of a webhook, or whatever the reader of the outbox knows.")]
    public Input<string> Recipient { get; set; } = new((string?)null);

    /// <summary>Name of a template; empty: the text below is sent.</summary>
    [Input(Description = "Name of a template. Empty: the text below is sent.")]
    public Input<string> Template { get; set; } = new((string?)null);

    /// <summary>Language wished for.</summary>
    [Input(Description = "Language wished for: en, zh-Hans; empty: the customer's. The nearest that the template has is taken.")]
    public Input<string> Language { get; set; } = new((string?)null);

    /// <summary>Values for the template.</summary>
    [Input(Description = "Values for the template, as an object.", UIHint = InputHints.JsonEditor)]
    public Input<IDictionary<string, object?>> Values { get; set; } = new((IDictionary<string, object?>?)null);

    /// <summary>Subject of a text without a template.</summary>
    [Input(Description = "Subject of a text without a template.")]
    public Input<string> Subject { get; set; } = new((string?)null);

    /// <summary>Text without a template.</summary>
    [Input(Description = "Text without a template; plain.", UIHint = InputHints.MultiLine)]
    public Input<string> Body { get; set; } = new((string?)null);

    /// <summary>The customer whom it is for.</summary>
    [Input(Description = "Id of the customer whom it is for.", Category = "Case")]
    public Input<string> CustomerId { get; set; } = new((string?)null);

    /// <summary>The case that it is about.</summary>
    [Input(Description = "Id of the case that it is about. Empty: the one that the workflow is correlated with.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    /// <summary>True: the message answers the customer in substance.</summary>
    [Input(
        Description = "True: the message answers the customer in substance, and the clocks of the first and the next response stop. A confirmation of receipt does not.",
        UIHint = InputHints.Checkbox,
        Category = "Case"
    )]
    public Input<bool> IsAnswer { get; set; } = new(false);

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var template = Template?.Get(context);
        var wish = new MessageWish
        {
            Channel = Channel.Get(context),
            Recipient = Recipient?.Get(context),
            Template = string.IsNullOrWhiteSpace(template) ? null : template,
            Language = Language?.Get(context),
            Values = new Dictionary<string, object?>(Values?.Get(context) ?? new Dictionary<string, object?>(), StringComparer.Ordinal),
            Subject = Subject?.Get(context),
            Body = Body?.Get(context),
            CustomerId = CustomerId?.Get(context),
            CaseId = DeskInputs.FindCase(context, CaseId),
        };
        context.Record(
            new MessageRequest(await context.GetRequiredService<MessageService>().PrepareAsync(wish, context.CancellationToken))
        );

        if (IsAnswer?.Get(context) == true && wish.CaseId is { } caseId)
            context.Record(new CaseAnswer(caseId, Words.Of(wish.Channel), IsHuman: false));
    }
}
