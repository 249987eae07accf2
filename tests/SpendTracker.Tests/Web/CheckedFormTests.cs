using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Web;

/// <summary>The form that every change on a page goes through: checked, previewed, and done once it was confirmed.</summary>
public sealed class CheckedFormTests : BunitContext
{
    private readonly List<Recorder> _done = [];
    private Func<FieldCheck, Task> _check = _ => Task.CompletedTask;
    private Func<Recorder, Task<string?>>? _act;
    private int _told;

    public CheckedFormTests()
    {
        Services.AddLogging();
        Services.AddAccess();
        Services.AddTransient<IAuthorizationService, DefaultAuthorizationService>(); // The host's: bUnit has one of its own first.
        SetRendererInfo(new("Server", isInteractive: true));
    }

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_previewed()
    {
        _check = check =>
        {
            check.That("prices[0].aboveTokens", false, "Must be at most 10.");
            return Task.CompletedTask;
        };
        var form = Open();
        form.Find("form").Submit();

        Assert.Equal("Price 1 above tokens: Must be at most 10.", form.Find("[role=alert] li").TextContent);
        Assert.Empty(form.FindAll("button.confirm"));
        Assert.Empty(_done);
    }

    [Fact]
    public void It_is_done_once_by_who_confirmed_it_and_the_fields_are_still_until_then()
    {
        var form = Open();
        Assert.False(form.Find("fieldset").HasAttribute("disabled"));
        form.Find("form").Submit();
        Assert.Equal("What it would do", form.Find("section p").TextContent);
        Assert.True(form.Find("fieldset").HasAttribute("disabled"));
        Assert.Empty(_done);

        form.Find("button.confirm").Click();
        Assert.Equal("person:1", Assert.Single(_done).By);
        Assert.Equal(1, _told);
        Assert.Empty(form.FindAll("section"));
        Assert.False(form.Find("fieldset").HasAttribute("disabled"));
    }

    [Fact]
    public void Going_back_does_nothing()
    {
        var form = Open();
        form.Find("form").Submit();
        form.Find("button.quiet").Click();
        Assert.Empty(form.FindAll("section"));
        Assert.Equal((0, 0), (_done.Count, _told));
    }

    [Fact]
    public void A_second_click_before_the_first_was_answered_does_nothing()
    {
        var answer = new TaskCompletionSource<string?>();
        _act = _ => answer.Task;
        var form = Open();
        form.Find("form").Submit();
        var confirm = form.Find("button.confirm");
        var first = confirm.ClickAsync();
        Assert.True(form.Find("button.confirm").HasAttribute("disabled"));
        var second = form.Find("button.confirm").ClickAsync();
        answer.SetResult(null);
        form.WaitForState(() => _told > 0);
        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.Equal((1, 1), (_done.Count, _told));
    }

    [Theory]
    [InlineData(Role.Viewer, "Your role does not allow this.")]
    [InlineData(Role.Member, "This belongs to Risk, and not all of that is a team of yours. Ask them, finance or an administrator.")]
    public void Who_may_not_is_told_so_before_the_preview(Role role, string refusal)
    {
        var form = Open(role, Policies.Budget, new OwnedBy(["Risk"]));
        form.Find("form").Submit();
        Assert.Equal(refusal, form.Find("[role=alert] li").TextContent);
        Assert.Empty(form.FindAll("button.confirm"));
    }

    [Fact]
    public void A_refusal_while_it_is_done_is_said_and_the_preview_stays()
    {
        _act = _ => Task.FromResult<string?>("Somebody else changed it.");
        var form = Open();
        form.Find("form").Submit();
        form.Find("button.confirm").Click();
        Assert.Equal("Somebody else changed it.", form.Find("[role=alert] li").TextContent);
        Assert.NotEmpty(form.FindAll("button.confirm"));
        Assert.Equal(0, _told);
    }

    [Fact]
    public void Without_the_database_it_says_whether_something_may_have_been_changed()
    {
        _check = _ => throw new NpgsqlException("Away.");
        var form = Open();
        form.Find("form").Submit();
        Assert.Equal("The database cannot be reached. Nothing was changed; try again.", form.Find("[role=alert] li").TextContent);

        _check = _ => Task.CompletedTask;
        _act = _ => throw new NpgsqlException("Away.");
        form.Find("form").Submit();
        form.Find("button.confirm").Click();
        Assert.Equal("The database did not answer. Look at the list before you try again: it may have been done.", form.Find("[role=alert] li").TextContent);
    }

    [Fact]
    public void Until_the_page_is_connected_nothing_can_be_sent()
    {
        SetRendererInfo(new("Static", isInteractive: false));
        Assert.True(Open().Find("fieldset").HasAttribute("disabled"));
    }

    private IRenderedComponent<CheckedForm> Open(Role role = Role.Admin, string policy = Policies.Price, OwnedBy? owned = null)
    {
        ClaimsPrincipal person = new(new ClaimsIdentity([new(SignIn.RoleClaim, EnumName.Of(role)), new(SignIn.TeamClaim, "Support"), new(ApiClaims.RecordedBy, "person:1")], "test"));
        return Render<CheckedForm>(parameters => parameters
            .AddCascadingValue(Task.FromResult(new AuthenticationState(person)))
            .Add(form => form.Name, "Publish a price")
            .Add(form => form.Confirm, "Publish")
            .Add(form => form.Policy, policy)
            .Add(form => form.Owned, owned is null ? null : () => Task.FromResult(owned))
            .Add(form => form.Fields, "<label>Price <input /></label>")
            .Add(form => form.Preview, "<p>What it would do</p>")
            .Add(form => form.Check, check => _check(check))
            .Add(form => form.Act, recorder =>
            {
                _done.Add(recorder);
                return _act?.Invoke(recorder) ?? Task.FromResult<string?>(null);
            })
            .Add(form => form.Done, EventCallback.Factory.Create(this, () => _told++)));
    }
}
