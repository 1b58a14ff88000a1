using System.Collections.Generic;

namespace Rouse.Harness;

/// <summary>git, as if nobody had ever configured it.</summary>
internal static class Git
{
    /// <summary>What it prints, run in a folder; a test fails where it does.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(Command.Environment)
        {
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["HOME"] = "/nonexistent",
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = "safe.directory",
            ["GIT_CONFIG_VALUE_0"] = "*",
        };
        return Command.Succeed(environment, "git", ["-C", folder, .. arguments]);
    }
}
