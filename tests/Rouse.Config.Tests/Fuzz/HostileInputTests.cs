using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using CsCheck;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Fuzz;

/// <summary>Whatever stands in a file, reading it ends soon, throws nothing, and accepts nothing that it should not.</summary>
public sealed class HostileInputTests
{
    private static readonly string[] Pieces =
    [
        "service a\n{\n", "service echo\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\n", "}\n", "defaults\n{\n",
        "include /etc/xinetd.conf\n", "includedir /etc\n", "disable = yes\n", "disable = no\n", "only_from = ",
        "no_access += ", "only_from -= ", "10.0.0.0 ", "10.{1,2} ", "::/0 ", "10.1.{", ",", "}", "/33 ", "\n",
        "flags = ", "SENSOR ", "IPv6 ", "NAMEINARGS ", "REUSE\n", "bind = 127.0.0.1\n", "type = ", "RPC ", "UNLISTED\n",
        "TCPMUX ", "port = 70000\n", "port = 7\n", "socket_type = dgram\n", "protocol = udp\n", "wait = yes\n",
        "user = root\n", "server = /usr/sbin/tcpd\n", "server_args = a b\n", "log_type = FILE /x 1 ",
        "log_on_success += TRAFFIC\n", "env = A=1\n", "passenv -= PATH\n", "cps = 1 1\n", "instances = 1\n",
        "access_times = 1:00-", "2:00\n", "redirect = 127.0.0.1 7\n", "rpc_version = 1-2\n", "enabled = a\n",
        "disabled = echo\n", "id = a\n", "id = echo\n", "=", " ", "#", "\0", "\r\n", "\xff", "x = \n", "nice= 1\n",
    ];

    private static readonly Gen<string> PiecedTexts = Gen.Int[0, Pieces.Length - 1].Array[0, 40]
        .Select(indices => string.Concat(Array.ConvertAll(indices, index => Pieces[index])));

    [Fact]
    public void Any_bytes_are_read_without_a_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Check(SourceFile.Decode(bytes)), iter: 20_000);

    [Fact]
    public void Any_pieces_of_the_language_are_read_without_a_throw() => PiecedTexts.Sample(Check, iter: 50_000);

    [Fact]
    public void Real_files_with_damage_are_read_without_a_throw()
    {
        List<string> files = Repository.CorpusFiles();
        Assert.SkipWhen(files.Count == 0, $"no real configurations in {Repository.Corpus}");
        byte[][] originals = [.. files.ConvertAll(File.ReadAllBytes)];
        Gen.Select(Gen.Int[0, originals.Length - 1], Gen.Int[0, 3_000], Gen.Byte, Gen.Int[0, 40])
            .Sample(
                (index, at, value, cut) => Check(SourceFile.Decode(Syntax.LosslessTests.Damage(originals[index], at, value, cut))),
                iter: 20_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("service a\n{\nserver_args = ")]
    [InlineData("service a\n{\nonly_from = ")]
    [InlineData("service a\n{\n")]
    [InlineData("# ")]
    [InlineData("service ")]
    [InlineData("include ")]
    public void A_line_of_ten_million_bytes_is_read_quickly(string before)
    {
        string text = before + new string('a', 10_000_000) + "\n}\n";
        Configuration configuration = Quickly.Run(TimeSpan.FromSeconds(30), () => Loaded.From(text));
        Assert.All(configuration.Diagnostics, diagnostic => Assert.True(DiagnosticRenderer.Render(diagnostic).Length < 1_000));
    }

    [Theory]
    [InlineData("x = 1\n")]
    [InlineData("no_access += nosuch.example\n")]
    [InlineData("only_from -= 10.0.0.1\n")]
    [InlineData("passenv += PATH\n")]
    [InlineData("nonsense\n")]
    [InlineData("{\n")]
    [InlineData("\n")]
    public void A_hundred_thousand_lines_are_read_quickly(string line)
    {
        string text = Loaded.Service(new StringBuilder().Insert(0, line, 100_000).ToString());
        Quickly.Run(TimeSpan.FromSeconds(30), () => Loaded.From(text));
    }

    [Fact]
    public void Ten_thousand_services_are_read_quickly()
    {
        StringBuilder text = new();
        for (int i = 0; i < 10_000; i++)
        {
            text.Append(Loaded.Service("", $"s{i}", i + 1));
        }

        string all = text.ToString();
        Assert.Equal(10_000, Quickly.Run(TimeSpan.FromSeconds(30), () => Loaded.From(all)).Services.Length);
    }

    /// <summary>Looks again, slowly, at what was accepted.</summary>
    private static bool Check(string text)
    {
        Configuration configuration = Loaded.From(text);
        foreach (ServiceDefinition service in configuration.Services)
        {
            bool isStarted = service.BuiltIn == BuiltInService.None && service.Redirect is null;
            bool hasNoPort = service.IsMultiplexed || service.Types.HasFlag(ServiceTypes.Rpc) || service.SocketType == SocketType.Raw;
            if ((service.Port == 0 && !hasNoPort && !text.Contains("port = 0", StringComparison.Ordinal))
                || (isStarted && (service.Server.Length == 0 || service.User is null || service.Arguments.IsEmpty))
                || (service.Bind.Length > 0 && service.BindAddresses.IsEmpty))
            {
                return false;
            }
        }

        bool anyError = false;
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            anyError |= diagnostic.Severity == Severity.Error;
            if (DiagnosticRenderer.Render(diagnostic).AsSpan().ContainsAny('\0', '\x1b', '\r'))
            {
                return false;
            }
        }

        bool costs = configuration.Broken.Length > 0 || configuration.DefaultsBroken || configuration.StructureBroken;
        return anyError || !costs;
    }
}
