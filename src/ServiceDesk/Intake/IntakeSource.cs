namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>A program that sends contacts signed, without an API key: a social network, a form service.</summary>
/// <param name="Id">Id; stands in its address.</param>
/// <param name="Name">Unique name, whatever the case.</param>
/// <param name="Channel">Channel of its contacts.</param>
/// <param name="IsActive">False: nothing is taken.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="CreatedBy">By whom.</param>
public sealed record IntakeSource(string Id, string Name, string Channel, bool IsActive, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>A source with the secret by which its requests are signed; shown once.</summary>
/// <param name="Source">The source.</param>
/// <param name="Secret">The secret.</param>
public sealed record NewIntakeSource(IntakeSource Source, string Secret);

/// <summary>What somebody wants a source to be.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Channel">Channel of its contacts.</param>
/// <param name="IsActive">False: nothing is taken.</param>
public sealed record IntakeSourceWish(string? Name, string? Channel, bool IsActive = true);
