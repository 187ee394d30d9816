using System.Diagnostics;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>A Chromium of this machine, headless.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>The page as it is when its scripts have nothing left to do.</summary>
    public static async Task<string> OpenAsync(Uri page)
    {
        var program = Find();
        if (program is null && Environment.GetEnvironmentVariable("CI") != "true")
            Assert.Skip("No Chromium or Chrome on the PATH (Debian: apt-get install chromium).");
        program.Should().NotBeNull("on CI the page is always looked at: install the package chromium");

        var profile = Directory.CreateTempSubdirectory("sme_browser_");
        try
        {
            // No sandbox: its kernel features are missing in containers, and the one page it opens is ours. Nothing is looked up on the network.
            var start = new ProcessStartInfo(program!,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", $"--user-data-dir={profile.FullName}", "--virtual-time-budget=10000",
                "--dump-dom", page.AbsoluteUri,
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var browser = Process.Start(start)!;
            var (dom, error) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
            await browser.WaitForExitAsync(TestContext.Current.CancellationToken);
            browser.ExitCode.Should().Be(0, await error);
            return await dom;
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
