using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>The activities of the service desk.</summary>
public static class CustomerServiceActivities
{
    /// <summary>Adds all of them to the catalog.</summary>
    public static ActivityCatalog AddTo(ActivityCatalog catalog) =>
        catalog
            // clocks and escalations
            .Add<StartClock>()
            .Add<PauseClock>()
            .Add<ResumeClock>()
            .Add<StopClock>()
            .Add<Escalate>()
            .Add<AcknowledgeEscalation>()
            // triage
            .Add<Triage>()
            .Add<ChooseServiceMode>()
            // tasks
            .Add<AssignTask>()
            // contacts and cases
            .Add<ReceiveContact>()
            .Add<IdentifyCustomer>()
            .Add<LinkSimilarCases>()
            .Add<UpdateStage>()
            .Add<ResolveCase>()
            .Add<CloseCase>()
            // callbacks, promises, feedback
            .Add<ScheduleCallback>()
            .Add<PromiseToCustomer>()
            .Add<RequestFeedback>()
            .Add<ReportFinding>()
            // messages
            .Add<SendMessage>()
            // knowledge
            .Add<AssembleProblemFile>()
            .Add<AnswerFromKnowledge>()
            .Add<RecommendSolutions>()
            .Add<HandOver>()
            .Add<ProposeArticle>()
            // improvements and changes
            .Add<RegisterFinding>()
            .Add<AnalyseCause>()
            .Add<PlanImprovement>()
            .Add<EvaluateEffect>()
            .Add<StandardiseImprovement>()
            .Add<MoveChange>();
}
