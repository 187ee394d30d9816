using System.Text.RegularExpressions;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>The demo page as a visitor sees it: what is tested is what the page's script has rendered.</summary>
public sealed partial class BrowserTests(SampleFixture sample)
{
    [Fact]
    public async Task The_demo_page_shows_the_totals_of_the_demo()
    {
        var page = await Browser.OpenAsync(new Uri(sample.Host.Client.BaseAddress!, "demo.html"));
        Cells(page).Should().Equal("Sent", "30", "€465.00", "Total", "30", "€465.00");
        Message().Match(page).Groups[1].Value.Should().BeEmpty();
        page.Should().NotContainAny(sample.A.Secret, sample.B.Secret);
    }

    [Fact]
    public async Task The_demo_page_says_why_a_visitor_cannot_write()
    {
        var before = await sample.FingerprintAsync(sample.Demo);
        var page = await Browser.OpenAsync(new Uri(sample.Host.Client.BaseAddress!, "demo.html#new"));
        Message().Match(page).Groups[1].Value.Should().Be("Demo mode - sign up for full functionality");
        (await sample.FingerprintAsync(sample.Demo)).Should().Be(before);
    }

    private static IEnumerable<string> Cells(string page) => Rows().Matches(page).Select(match => match.Groups[1].Value);

    /// <summary>Cells of the body and the foot; those of the head have scope="col".</summary>
    [GeneratedRegex("""<t[hd](?: scope="row")?(?: id="\w+")?>([^<]*)</t[hd]>""")]
    private static partial Regex Rows();

    [GeneratedRegex("""<p id="message"[^>]*>([^<]*)</p>""")]
    private static partial Regex Message();
}
