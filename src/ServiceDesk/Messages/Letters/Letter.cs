namespace ServiceLoop.ServiceDesk.Messages.Letters;

/// <summary>A message that the product itself sends: by the template of its name where there is one, else with the text that comes with the product.</summary>
/// <param name="Name">Name of the template, and of the text of the product.</param>
/// <param name="Key">Unique: told again, it is the same message.</param>
/// <param name="Recipient">To whom.</param>
internal sealed record Letter(string Name, string Key, LetterAddress Recipient)
{
    /// <summary>A template that counts before <see cref="Name"/>, such as that of one level; null for none.</summary>
    public string? Special { get; init; }

    /// <summary>Values for the text.</summary>
    public required IReadOnlyDictionary<string, object?> Values { get; init; }

    /// <summary>The customer whom it is for.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The case that it is about.</summary>
    public string? CaseId { get; init; }

    /// <summary>The workflow for which it is sent.</summary>
    public string? InstanceId { get; init; }
}

/// <summary>Where a letter goes.</summary>
/// <param name="Channel">The way.</param>
/// <param name="To">To whom, as the way knows it.</param>
/// <param name="Language">In which language; null for that of a customer's last contact on the case, else of the desk.</param>
/// <param name="Zone">Zone by whose clock moments are told; null for that of the desk.</param>
internal sealed record LetterAddress(MessageChannel Channel, string To, string? Language, TimeZoneInfo? Zone = null);
