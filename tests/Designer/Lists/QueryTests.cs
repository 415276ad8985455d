using ServiceLoop.Designer.Lists;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Designer.Tests.Lists;

public sealed class QueryTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData(-3, 1)]
    [InlineData(7, 7)]
    public void A_page_has_a_number_whatever_the_address_says(int? said, int number) => Query.Page(said).ShouldBe(number);

    [Theory]
    [InlineData("Faulted", WorkflowSubStatus.Faulted)]
    [InlineData("suspended", WorkflowSubStatus.Suspended)]
    [InlineData("99", null)]
    [InlineData("nonsense", null)]
    [InlineData(null, null)]
    public void A_choice_that_is_nonsense_is_none(string? text, WorkflowSubStatus? choice) =>
        Query.Choice<WorkflowSubStatus>(text).ShouldBe(choice);
}
