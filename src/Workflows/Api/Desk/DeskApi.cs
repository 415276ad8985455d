namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>The doors of the service desk, below <c>/api</c>.</summary>
internal static class DeskApi
{
    public static IEndpointRouteBuilder MapDesk(this IEndpointRouteBuilder routes)
    {
        routes.MapCustomers().MapInteractions().MapCases().MapCallbacks().MapFeedback().MapContactWindows();
        routes.MapTaskDesk();
        routes.MapRouting();
        routes.MapCalendars().MapSlaPolicies().MapClocks().MapEscalations();
        routes.MapMessages();
        routes.MapTriage().MapTriageModels();
        routes.MapWebhooks();
        routes.MapIntake().MapProblemFiles().MapKnowledge().MapStatus();
        routes.MapImprovements();
        routes.MapKpis();
        return routes;
    }
}
