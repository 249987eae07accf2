using System.Net;
using System.Text;
using SpendTracker.Log;

namespace SpendTracker.Tests.Web;

/// <summary>Bodies that are announced and do not come, or come slowly, take neither memory nor room from others.</summary>
public sealed class SlowBodyTests : IAsyncLifetime
{
    private const int Room = 1024 * 1024;
    private const string Usage = "/api/v1/usage", Json = "application/json", Form = "application/x-www-form-urlencoded";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(await TestDatabase.CreateAsync(events: new EventStoreOptions { RequestBytes = Room }));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/acknowledge")]
    public async Task A_form_larger_than_a_token_is_refused_before_it_is_read(string path)
    {
        using var form = await HalfSent.BeginAsync(_host, path, Form, announced: (16 * 1024) + 1);

        var answer = await form.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("At most 16 KiB", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/acknowledge")]
    public async Task A_form_that_does_not_say_its_length_is_cut_off_at_the_limit(string path)
    {
        using var content = new ByteArrayContent([.. Enumerable.Repeat((byte)'a', (16 * 1024) + 1)]) { Headers = { ContentType = new(Form) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Headers = { TransferEncodingChunked = true } };
        using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await TestHost.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_of_a_stranger_is_refused_before_it_is_asked_for()
    {
        using var stranger = await HalfSent.BeginAsync(_host, Usage, Json, announced: 8 * Room, key: "Bearer nonsense", more: "Expect: 100-continue\r\n");

        Assert.StartsWith("HTTP/1.1 401 ", await stranger.StatusAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_announced_and_does_not_come_takes_no_room()
    {
        List<HalfSent> announced = [];
        try
        {
            for (var i = 0; i < 8; i++)
            {
                announced.Add(await HalfSent.BeginAsync(_host, Usage, Json, announced: Room));
                await announced[^1].TrickleAsync();
            }

            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await _host.RecordAsync(Given.TokensJson($"{i}"))).Status);
            }
        }
        finally
        {
            announced.ForEach(body => body.Dispose());
        }
    }

    [Fact]
    public async Task A_body_that_fills_the_room_and_then_stalls_gives_way_to_others()
    {
        using var slow = await HalfSent.BeginAsync(_host, Usage, Json, announced: Room);
        await slow.SendAsync([.. Enumerable.Repeat((byte)' ', Room - 1024)]);

        // Turned away at first, and admitted as soon as the slow one has been told to come back: it would be allowed a minute.
        await Eventually.Async(async () =>
        {
            using var response = await _host.PostAsync(Usage, new string(' ', Room / 2) + Given.TokensJson("other"));
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
            return slow.IsAnswered && response.StatusCode == HttpStatusCode.OK;
        });

        var answer = await slow.StatusAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_off()
    {
        using var slow = await HalfSent.BeginAsync(_host, Usage, Json, announced: Room);

        await Eventually.Async(async () => !await slow.TrickleAsync() || slow.IsAnswered);
        Assert.StartsWith("HTTP/1.1 408 ", await slow.StatusAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_body_that_comes_in_parts_is_stored()
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Given.Lines(1_000).Split('\n', StringSplitOptions.RemoveEmptyEntries))}]");
        using var parts = await HalfSent.BeginAsync(_host, Usage, Json, announced: json.Length, more: "Connection: close\r\n");
        foreach (var part in json.Chunk(10_000))
        {
            await parts.SendAsync(part);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await parts.StatusAsync(), StringComparison.Ordinal);
    }
}
