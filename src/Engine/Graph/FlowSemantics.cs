namespace ServiceLoop.Engine.Graph;

/// <summary>The rules by which a flowchart joins and loops; chosen when a definition is compiled.</summary>
public enum FlowSemantics
{
    /// <summary>Loop-aware joins; the default.</summary>
    Sound,

    /// <summary>Elsa's counter mode, exactly: its default in every release from 3.5 to 3.8.</summary>
    ElsaCounter,

    /// <summary>Elsa's token mode, exactly.</summary>
    ElsaToken,
}

/// <summary>What a fault does to the rest of the workflow.</summary>
public enum IncidentStrategy
{
    /// <summary>The workflow is faulted.</summary>
    Fault,

    /// <summary>Other branches go on.</summary>
    ContinueWithIncidents,
}

/// <summary>Whether a new instance may start beside others.</summary>
public enum ActivationStrategy
{
    /// <summary>Always.</summary>
    Always,

    /// <summary>Only when no instance of the definition runs.</summary>
    Singleton,

    /// <summary>Only when no instance of the definition with the same correlation id runs.</summary>
    CorrelatedSingleton,

    /// <summary>Only when no instance of any definition with the same correlation id runs.</summary>
    Correlation,
}
