namespace ServiceLoop.Designer.Admin.Audit;

/// <summary>Names the texts about the audit log: <c>AuditTexts.resx</c>.</summary>
public sealed class AuditTexts;

/// <summary>Names the texts for what can be done, by the name of the action: <c>ActionTexts.resx</c>. A test finds an action without a text.</summary>
public sealed class ActionTexts;
