using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Activities.BuiltIn;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class OutgoingHttpTests
{
    private static readonly HttpCall Call = new()
    {
        Url = new("http://example.org/"),
        Method = HttpMethod.Get,
        Headers = new Dictionary<string, IReadOnlyList<string>>(),
    };

    [Fact]
    public async Task Pauses_double_from_one_second()
    {
        var clock = new Clock();
        using var busy = new Busy();
        var sending = new OutgoingHttp(busy, clock, new OutgoingHttpOptions()).SendAsync(Call, CancellationToken.None);

        foreach (var seconds in new[] { 1, 2, 4 })
            (await clock.PassPauseAsync()).ShouldBe(TimeSpan.FromSeconds(seconds));

        (await sending).Attempts.ShouldBe(4);
    }

    [Fact]
    public async Task A_longer_pause_is_kept_when_the_other_side_asks_for_it_up_to_a_limit()
    {
        var clock = new Clock();
        using var busy = new Busy(TimeSpan.FromSeconds(7), TimeSpan.FromHours(1));
        var sending = new OutgoingHttp(busy, clock, new OutgoingHttpOptions { MaxRetries = 2 }).SendAsync(Call, CancellationToken.None);

        (await clock.PassPauseAsync()).ShouldBe(TimeSpan.FromSeconds(7));
        (await clock.PassPauseAsync()).ShouldBe(TimeSpan.FromSeconds(30));

        (await sending).Attempts.ShouldBe(3);
    }

    /// <summary>A clock that tells of pauses. Time limits are longer than any pause.</summary>
    private sealed class Clock : FakeTimeProvider
    {
        private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
        private readonly Channel<TimeSpan> pauses = Channel.CreateUnbounded<TimeSpan>();

        public async Task<TimeSpan> PassPauseAsync()
        {
            var pause = await pauses.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(180));
            Advance(pause);
            return pause;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);

            if (dueTime > TimeSpan.Zero && dueTime < LongestPause)
                pauses.Writer.TryWrite(dueTime);

            return timer;
        }
    }

    /// <summary>Answers 503 at once, each time with the next Retry-After.</summary>
    private sealed class Busy(params TimeSpan[] retryAfter) : HttpMessageHandler, IHttpClientFactory
    {
        private int attempts;

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new ByteArrayContent([]) };

            if (attempts < retryAfter.Length)
                response.Headers.RetryAfter = new RetryConditionHeaderValue(retryAfter[attempts]);

            attempts++;
            return Task.FromResult(response);
        }
    }
}
