using System.Runtime.Versioning;
using SmeFinancialOs.Data.Testing.Tests;
using Xunit.MicrosoftTestingPlatform;

// The ways that these tests are about are not offered there.
[assembly: UnsupportedOSPlatform("windows")]

return args is ["child", var scene]
    ? await ChildCommands.RunAsync(scene)
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
