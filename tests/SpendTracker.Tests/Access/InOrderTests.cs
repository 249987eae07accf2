using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

public sealed class InOrderTests
{
    [Fact]
    public async Task A_click_does_not_overtake_the_field_that_was_filled_in_before_however_long_the_look_up_takes()
    {
        var inOrder = new InOrder();
        var lookUp = new TaskCompletionSource<bool>();
        List<string> begun = [];
        Task Begin(string name, Task until)
        {
            begun.Add(name);
            return until;
        }

        var never = new TaskCompletionSource();
        var field = inOrder.RunAsync(() => lookUp.Task, () => Begin("field", never.Task));
        var refused = inOrder.RunAsync(() => Task.FromResult(false), () => Begin("refused", Task.CompletedTask));
        var click = inOrder.RunAsync(() => Task.FromResult(true), () => Begin("click", Task.CompletedTask));
        Assert.Empty(begun);
        lookUp.SetResult(true);
        await Task.WhenAll(refused, click);

        Assert.Equal(["field", "click"], begun);
        Assert.False(field.IsCompleted); // It waits for what comes later, and holds nothing up.
        never.SetResult();
        await field;
    }

    [Fact]
    public async Task A_look_up_that_fails_holds_nothing_up()
    {
        var inOrder = new InOrder();

        await Assert.ThrowsAsync<TimeoutException>(() => inOrder.RunAsync(() => Task.FromException<bool>(new TimeoutException()), () => Task.CompletedTask));
        var ran = false;
        await inOrder.RunAsync(() => Task.FromResult(true), () =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        Assert.True(ran);
    }
}
