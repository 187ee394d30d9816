using SmeFinancialOs.Data.Testing.Tests;
using Xunit.MicrosoftTestingPlatform;

return args is ["child", var scene]
    ? await ChildScenes.RunAsync(scene)
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
