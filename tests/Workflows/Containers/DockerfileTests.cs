namespace ServiceLoop.Workflows.Tests.Containers;

public sealed class DockerfileTests
{
    [Fact]
    public void It_builds_in_stages_of_their_own_and_runs_in_another()
    {
        var stages = Dockerfile.Product.Instructions.Where(i => i.Name == "FROM").Select(i => i.Stage);

        stages.ShouldBe(["studio", "build", "node"]);
        Dockerfile.Product.Single("node", "FROM").Arguments.ShouldNotContain("sdk");
    }

    [Fact]
    public void It_runs_without_rights()
    {
        var user = Dockerfile.Product.Single("node", "USER").Arguments;

        user.ShouldBe("$APP_UID");
        Dockerfile
            .Product.Instructions.FindLastIndex(i => i.Name == "USER")
            .ShouldBeGreaterThan(Dockerfile.Product.Instructions.FindLastIndex(i => i is { Stage: "node", Name: "COPY" }));
    }

    [Fact]
    public void It_is_compiled_once_for_every_architecture()
    {
        Dockerfile.Product.Single("studio", "FROM").Arguments.ShouldContain("--platform=$BUILDPLATFORM");
        Dockerfile.Product.Single("build", "FROM").Arguments.ShouldContain("--platform=$BUILDPLATFORM");
        Dockerfile.Product.Single("node", "FROM").Arguments.ShouldNotContain("--platform");

        foreach (var run in Dockerfile.Product.All("build", "RUN"))
        {
            run.Arguments.ShouldNotContain(" -r ");
            run.Arguments.ShouldNotContain(" -a ");
            run.Arguments.ShouldNotContain("--runtime");
        }

        // Files of an architecture would come with a package, under runtimes/.
        Dockerfile.Product.All("node", "RUN").ShouldBeEmpty();
    }

    [Fact]
    public void It_stops_in_order_and_says_how_it_is()
    {
        Dockerfile.Product.Single("node", "STOPSIGNAL").Arguments.ShouldBe("SIGTERM");
        Dockerfile.Product.Single("node", "HEALTHCHECK").Words[..3].ShouldBe(["dotnet", "ServiceLoop.Workflows.dll", "health"]);
        Dockerfile.Product.Single("node", "ENTRYPOINT").Words.ShouldBe(["dotnet", "ServiceLoop.Workflows.dll"]);
    }

    [Fact]
    public void The_builder_sees_what_it_needs_and_no_more()
    {
        var left = File.ReadAllLines(Repository.PathOf(".dockerignore")).ToHashSet(StringComparer.Ordinal);

        Dockerfile.Product.All("build", "COPY").Select(c => c.Arguments).Last().ShouldBe(". .");
        Dockerfile.Product.Single("node", "COPY").Arguments.ShouldBe("--from=build /app .");
        left.ShouldContain("artifacts");
        left.ShouldContain(".git");
        left.ShouldNotContain("src");
        left.ShouldNotContain("definitions");
    }
}
