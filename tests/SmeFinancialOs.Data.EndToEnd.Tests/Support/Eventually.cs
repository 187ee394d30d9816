namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits for something that another process does. The limit is far beyond what it needs, and only ends a test that fails.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 300; i++)
        {
            if (await condition())
                return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It did not come to pass.");
    }
}
