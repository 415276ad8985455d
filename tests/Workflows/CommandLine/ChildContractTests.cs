using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class ChildContractTests
{
    [Fact]
    public void Host_and_activities_agree_on_how_a_parent_hears_of_its_child()
    {
        var child = new WorkflowState
        {
            InstanceId = "c",
            DefinitionId = "d",
            DefinitionVersionId = "v",
            SubStatus = WorkflowSubStatus.Finished,
            Outputs = [new("Answer", "yes")],
        };

        ChildReport.HashesOf("p", "c").ShouldBe(ChildWorkflow.StimuliOf("p", "c").Select(s => StimulusHash.Of(s.Name, s.Payload)));
        ChildReport.Of(child).Keys.ShouldBe(ChildWorkflow.EndOf(child).Keys);
        ChildReport.Of(child)[ChildReport.StatusKey].ShouldBe(ChildWorkflow.EndOf(child)[ChildWorkflow.StatusKey]);
    }
}
