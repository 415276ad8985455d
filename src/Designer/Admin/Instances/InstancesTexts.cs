namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>Names the texts about instances: <c>InstancesTexts.resx</c>.</summary>
public sealed class InstancesTexts;
