using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

public sealed class PriorityMatrixTests
{
    [Theory]
    [InlineData(Impact.Many, Urgency.Urgent, Priority.P1)]
    [InlineData(Impact.Many, Urgency.Normal, Priority.P2)]
    [InlineData(Impact.Many, Urgency.Low, Priority.P3)]
    [InlineData(Impact.OneBlocked, Urgency.Urgent, Priority.P2)]
    [InlineData(Impact.OneBlocked, Urgency.Normal, Priority.P3)]
    [InlineData(Impact.OneBlocked, Urgency.Low, Priority.P3)]
    [InlineData(Impact.Minor, Urgency.Urgent, Priority.P3)]
    [InlineData(Impact.Minor, Urgency.Normal, Priority.P4)]
    [InlineData(Impact.Minor, Urgency.Low, Priority.P4)]
    public void Priority_is_impact_by_urgency(Impact impact, Urgency urgency, Priority expected) =>
        PriorityMatrix.Of(impact, urgency).ShouldBe(expected);

    [Theory]
    [InlineData(Impact.Many, Urgency.Normal, true, 1, Priority.P1)]
    [InlineData(Impact.Many, Urgency.Low, false, 3, Priority.P2)]
    [InlineData(Impact.Many, Urgency.Low, true, 3, Priority.P2)]
    [InlineData(Impact.OneBlocked, Urgency.Normal, false, 4, Priority.P2)]
    [InlineData(Impact.Minor, Urgency.Normal, false, 2, Priority.P4)]
    [InlineData(Impact.Many, Urgency.Urgent, true, 9, Priority.P1)]
    public void Anger_or_a_third_contact_raises_the_urgency_by_one(
        Impact impact,
        Urgency urgency,
        bool isAngry,
        int contacts,
        Priority expected
    ) => PriorityMatrix.Of(impact, urgency, isAngry, contacts).ShouldBe(expected);
}
