using System.Net;
using Microsoft.AspNetCore.Http;
using ServiceLoop.Runtime.Hangfire;

namespace ServiceLoop.Runtime.Tests.Hangfire;

public sealed class DashboardPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost", true)]
    [InlineData("::1", "[::1]", true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", true)]
    [InlineData("10.1.2.3", "localhost", false)]
    [InlineData("127.0.0.1", "evil.example", false)]
    public void Only_this_machine_may_touch(string address, string host, bool isLocal)
    {
        DashboardPolicy.IsLocal(Request(address, host)).ShouldBe(isLocal);
    }

    [Fact]
    public void Behind_a_proxy_nobody_is_local()
    {
        var request = Request("127.0.0.1", "localhost");
        request.Request.Headers["X-Forwarded-For"] = "203.0.113.9";

        DashboardPolicy.IsLocal(request).ShouldBeFalse();
        new DashboardPolicy(new DashboardAccess()).MayLook(request).ShouldBeFalse();
    }

    [Fact]
    public void A_named_network_may_look_only()
    {
        var policy = new DashboardPolicy(new DashboardAccess { ReadOnlyFrom = [IPNetwork.Parse("10.0.0.0/8")] });

        policy.MayLook(Request("10.1.2.3", "ops.example")).ShouldBeTrue();
        policy.MayLook(Request("11.1.2.3", "ops.example")).ShouldBeFalse();
        DashboardPolicy.IsLocal(Request("10.1.2.3", "ops.example")).ShouldBeFalse();
    }

    private static DefaultHttpContext Request(string address, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString(host);
        return context;
    }
}
