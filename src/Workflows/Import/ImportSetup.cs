namespace ServiceLoop.Workflows.Import;

/// <summary>What is imported at start.</summary>
internal static class ImportSetup
{
    /// <summary>Adds the import of definitions and of the desk's starter set, whose files are taken in this order.</summary>
    public static IServiceCollection AddDefinitionImport(this IServiceCollection services) =>
        services
            .AddSingleton<DefinitionPlace>()
            .AddSingleton<DefinitionImport>()
            .AddSingleton<DeskStart>()
            .AddSingleton<ArticleStart>()
            .AddSingleton<IDeskStartPart, StartCalendars>()
            .AddSingleton<IDeskStartPart, StartSkills>()
            .AddSingleton<IDeskStartPart, StartQueues>()
            .AddSingleton<IDeskStartPart, StartPolicies>()
            .AddSingleton<IDeskStartPart, StartLadder>()
            .AddSingleton<IDeskStartPart, StartTemplates>()
            .AddSingleton<IDeskStartPart, StartTaxonomy>();
}
