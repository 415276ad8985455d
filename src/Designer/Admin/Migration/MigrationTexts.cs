namespace ServiceLoop.Designer.Admin.Migration;

/// <summary>Names the texts of the migration of running instances: <c>MigrationTexts.resx</c>, <c>MigrationTexts.zh-Hans.resx</c>.</summary>
public sealed class MigrationTexts;
