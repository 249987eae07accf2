using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using SpendTracker.Alerts;
using SpendTracker.Benchmarks;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>What receivers do wrong, what becomes of it, and what is told of it.</summary>
public sealed class OutgoingHttpTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Every_status_of_success_means_that_it_was_taken(int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var http = Sending.HttpTo(receiver);

        Assert.Equal(SendOutcome.Sent, await http.PostAsync(receiver.Address));
    }

    [Fact]
    public async Task A_failure_tells_its_status_and_the_start_of_its_text_as_one_clean_line()
    {
        await using var receiver = await HttpReceiver.StartAsync(500, $"\u001b[31mno\r\nsuch\u0000 \u202echannel\n\n{new string('x', 500)}");
        using var http = Sending.HttpTo(receiver);

        var outcome = await http.PostAsync(receiver.Address);

        Assert.StartsWith($"{receiver.Address.Authority} answered 500: [31mno such channel xxx", outcome.Reason, StringComparison.Ordinal);
        Assert.EndsWith("xx…", outcome.Reason, StringComparison.Ordinal);
        Assert.True(outcome.Reason!.Length < 250);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("999999", 3600)]
    [InlineData("Sun, 22 Nov 2026 10:02:00 GMT", 120)]
    [InlineData("Sun, 22 Nov 2026 09:00:00 GMT", 0)]
    [InlineData("Sun, 22 Nov 2037 09:00:00 GMT", 3600)]
    [InlineData("soon", null)]
    public async Task A_receiver_that_asks_for_time_gets_it_up_to_an_hour(string retryAfter, int? seconds)
    {
        await using var receiver = await HttpReceiver.StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = retryAfter;
            context.Response.Headers.Date = "Sun, 22 Nov 2026 10:00:00 GMT"; // Its own clock is what a date is meant by.
            return Task.CompletedTask;
        });
        using var http = Sending.HttpTo(receiver);

        var outcome = await http.PostAsync(receiver.Address);

        Assert.Equal($"{receiver.Address.Authority} answered 429", outcome.Reason);
        Assert.Equal(seconds, outcome.RetryAfter?.TotalSeconds);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_that_hangs_is_left()
    {
        await using var receiver = await HttpReceiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var http = Sending.HttpTo(receiver, timeout: 0.5);

        Assert.Equal($"{receiver.Address.Authority} did not answer within 0.5 s.", (await http.PostAsync(receiver.Address)).Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_text_that_drips_is_not_waited_for()
    {
        await using var receiver = await HttpReceiver.StartAsync(
            context => context.Request.Path == "/drip" ? EndlessAsync(context, "drip ", TimeSpan.FromMilliseconds(20)) : Task.CompletedTask);
        using var http = Sending.HttpTo(receiver, timeout: 2);
        await http.PostAsync(receiver.Address); // What comes first is compiled first, and takes the longest.

        Assert.StartsWith($"{receiver.Address.Authority} answered 500: drip drip", (await http.PostAsync(new(receiver.Address, "/drip"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_without_an_end_is_cut()
    {
        var gone = new TaskCompletionSource();
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            await EndlessAsync(context, new string('x', 10_000), TimeSpan.Zero);
            gone.SetResult();
        });
        using var http = Sending.HttpTo(receiver, timeout: 60);

        Assert.Contains("answered 500: xxx", (await http.PostAsync(receiver.Address)).Reason, StringComparison.Ordinal);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken); // The connection is given up, not drained.
    }

    [Theory]
    [InlineData("220 mail.example.com ESMTP\r\n", "What 127.0.0.1:{0} answers is not HTTP, or has headers that are too long.")]
    [InlineData("", "127.0.0.1:{0} closed the connection without an answer.")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "127.0.0.1:{0} closed the connection without an answer.")]
    public async Task Where_no_web_server_answers_the_reason_says_so(string says, string reason)
    {
        await using var port = new TalkingPort(says, closes: true);
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));

        Assert.Equal(string.Format(CultureInfo.InvariantCulture, reason, port.Port), (await http.PostAsync(new($"http://127.0.0.1:{port.Port}/"))).Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task Headers_without_an_end_are_refused()
    {
        await using var port = new TalkingPort($"HTTP/1.1 200 OK\r\nX: {new string('x', 20_000)}");
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));

        Assert.Equal($"What 127.0.0.1:{port.Port} answers is not HTTP, or has headers that are too long.", (await http.PostAsync(new($"http://127.0.0.1:{port.Port}/"))).Reason);
    }

    [Fact]
    public async Task No_cookie_is_kept_and_nothing_is_unpacked()
    {
        var cookies = new ConcurrentQueue<string>();
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            cookies.Enqueue(context.Request.Headers.Cookie.ToString() + context.Request.Headers.AcceptEncoding);
            context.Response.StatusCode = 500;
            context.Response.Headers.SetCookie = "session=1";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync("unpacked"u8.ToArray());
        });
        using var http = Sending.HttpTo(receiver);

        await http.PostAsync(receiver.Address);
        Assert.DoesNotContain("unpacked", (await http.PostAsync(receiver.Address)).Reason, StringComparison.Ordinal);
        Assert.Equal(["", ""], cookies);
    }

    [Fact]
    public async Task Where_nobody_listens_or_no_host_is_found_the_reason_says_so()
    {
        await using var receiver = await HttpReceiver.StartAsync(200);
        var port = Ports.Free();
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));

        Assert.Equal($"127.0.0.1:{port} refuses connections: nothing listens there.", (await http.PostAsync(new($"http://127.0.0.1:{port}/"))).Reason);
        Assert.StartsWith($"No encrypted connection with {receiver.Address.Authority}: ", (await http.PostAsync(new($"https://{receiver.Address.Authority}/"))).Reason, StringComparison.Ordinal);
        Assert.StartsWith("The host of hooks.invalid is not found: ", (await http.PostAsync(new("https://hooks.invalid/"))).Reason, StringComparison.Ordinal);
        Assert.Equal("The channel's url cannot be used. Must not contain a user name or password.", (await http.PostAsync(new("http://me:secret@127.0.0.1/"))).Reason);
        Assert.Equal("The channel's url cannot be used. Must be an absolute URL with http or https.", (await http.PostAsync(new("ftp://127.0.0.1/"))).Reason);
    }

    [Fact]
    public async Task A_caller_that_stops_gets_no_outcome()
    {
        var stopping = new CancellationTokenSource();
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            await stopping.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var http = Sending.HttpTo(receiver);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SlackSender(http).SendAsync(
            new SlackAddress(receiver.Address), Sending.Notice(), stopping.Token));
    }

    [Fact]
    public async Task A_secret_URL_is_neither_in_a_reason_nor_in_a_span_and_the_trace_goes_on_without_baggage()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var headers = new ConcurrentDictionary<string, string>();
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            foreach (var (name, value) in context.Request.Headers)
            {
                headers[name] = value.ToString();
            }

            context.Response.StatusCode = 404;
            await context.Response.WriteAsync($"Nothing at {context.Request.Path}{context.Request.QueryString}, that is \"\\/services\\/T0SECRET\" and token xyz-789-secret");
        });
        using var http = Sending.HttpTo(receiver);
        using var caller = new Activity("caller").AddBaggage("tenant", "secret-baggage").Start();
        caller.TraceStateString = "vendor=secret-state";

        var outcome = await http.PostAsync(new(receiver.Address, "/services/T0SECRET/B0SECRET?code=xyz-789%2Dsecret"));

        Assert.StartsWith($"{receiver.Address.Authority} answered 404: Nothing at …, that is", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", outcome.Reason, StringComparison.OrdinalIgnoreCase);
        var span = Assert.Single(spans, span => Equals(span.GetTagItem("server.port"), receiver.Address.Port) && span.Kind == ActivityKind.Client);
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
        Assert.Equal($"00-{caller.TraceId}-{span.SpanId}-01", headers["traceparent"]);
        Assert.DoesNotContain("secret", string.Join(' ', headers), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(spans.Where(other => other.TraceId == caller.TraceId && other.Kind == ActivityKind.Client), other => Told(other).Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    private static string Told(Activity span) => string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName).Append(span.StatusDescription));

    private static async Task EndlessAsync(HttpContext context, string part, TimeSpan pause)
    {
        context.Response.StatusCode = 500;
        try
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(part), context.RequestAborted);
                await Task.Delay(pause, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The sender has gone.
        }
    }
}
