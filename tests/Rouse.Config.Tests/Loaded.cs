using System;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests;

/// <summary>Short ways to load a configuration from text and to look at what came of it.</summary>
internal static class Loaded
{
    public const string Path = "/etc/xinetd.conf";

    public static Configuration From(string text, MemoryHost? host = null)
    {
        host ??= new();
        host.Files[Path] = SourceFile.Encode(text);
        return ConfigurationLoader.Load(Path, host, LoadOptions.Default);
    }

    /// <summary>A service that is in order but for the lines added to it.</summary>
    public static string Service(string lines, string name = "test", int port = 7777) => string.Create(CultureInfo.InvariantCulture, $$"""
        service {{name}}
        {
        type = UNLISTED
        socket_type = stream
        protocol = tcp
        wait = no
        port = {{port}}
        user = nobody
        server = /usr/sbin/in.server
        {{lines}}
        }

        """);

    public static Configuration WithLines(string lines, MemoryHost? host = null) => From(Service(lines), host);

    /// <summary>The one service of a configuration without errors.</summary>
    public static ServiceDefinition Only(this Configuration configuration)
    {
        Assert.Empty(configuration.Broken);
        return Assert.Single(configuration.Services);
    }

    public static Diagnostic Single(this Configuration configuration, string code) => Assert.Single(All(configuration, code));

    /// <summary>The one service is left out, with one finding of this code and severity error; returns its message.</summary>
    public static string LeavesOut(this Configuration configuration, string code)
    {
        Assert.Empty(configuration.Services);
        Assert.Single(configuration.Broken);
        Diagnostic finding = configuration.Single(code);
        Assert.Equal(Severity.Error, finding.Severity);
        return finding.Message;
    }

    /// <summary>The one service runs, with one finding of this code and severity; returns its message.</summary>
    public static string Runs(this Configuration configuration, string code, Severity severity)
    {
        configuration.Only();
        Diagnostic finding = configuration.Single(code);
        Assert.Equal(severity, finding.Severity);
        return finding.Message;
    }

    public static List<Diagnostic> All(this Configuration configuration, string code)
    {
        List<Diagnostic> found = [];
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            if (string.Equals(diagnostic.Code, code, StringComparison.Ordinal))
            {
                found.Add(diagnostic);
            }
        }

        return found;
    }
}
