namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>An activity that does nothing: what is left is what the engine costs.</summary>
[Activity("Bench", "Bench", "Does nothing.")]
public sealed class Nothing : CodeActivity;
