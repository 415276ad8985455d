namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>The way that a message goes.</summary>
public enum MessageChannel
{
    /// <summary>An e-mail, by SMTP.</summary>
    Email,

    /// <summary>A signed request to the address of a webhook subscription, which the recipient names.</summary>
    Webhook,

    /// <summary>Nowhere: it is kept here, where the customer's page and other programs read it.</summary>
    Outbox,
}

/// <summary>What a text is made of, which decides how values in it are escaped.</summary>
public enum MessageFormat
{
    /// <summary>Plain text: nothing is escaped.</summary>
    Text,

    /// <summary>HTML: values are encoded, so that none of them is a tag.</summary>
    Html,

    /// <summary>JSON: values are encoded as they stand within the quotes of a string.</summary>
    Json,
}

/// <summary>How far a message is.</summary>
public enum MessageStatus
{
    /// <summary>It is to be sent.</summary>
    Queued,

    /// <summary>Its channel has taken it.</summary>
    Sent,

    /// <summary>The last attempt failed; the next may come by itself, or somebody repeats it.</summary>
    Failed,
}
