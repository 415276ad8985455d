using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class ProblemHandlerTests
{
    [Theory]
    [InlineData("/api/surveys/{token}", "token", "/api/surveys/{token}")]
    [InlineData("/api/cases/{id}", "id", "/api/cases/secret")]
    public void Of_a_signed_link_the_log_tells_the_pattern_only(string pattern, string value, string logged)
    {
        var context = new DefaultHttpContext { Request = { Path = pattern.Replace($"{{{value}}}", "secret", StringComparison.Ordinal) } };
        context.Features.Set<IExceptionHandlerFeature>(
            new ExceptionHandlerFeature
            {
                Endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, null, null),
                RouteValues = new() { [value] = "secret" },
            }
        );

        ProblemHandler.PathOf(context).ShouldBe(logged);
    }
}
