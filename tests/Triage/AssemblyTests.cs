using ServiceLoop.TestKit;

namespace ServiceLoop.Triage.Tests;

public sealed class AssemblyTests
{
    [Fact]
    public void Internals_are_open_to_these_tests_only()
    {
        var tests = typeof(AssemblyTests).Assembly;

        var subject = AssemblyAssertions.Subject(tests);

        subject.ShouldOpenItselfOnlyTo(tests);
    }
}
