using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.Json;

namespace Rouse.Config.Tests.Tools;

/// <summary>The tools' executable as it is built beside these tests, on files in a temporary folder.</summary>
public sealed class RouseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rouse-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_good_configuration_exits_0_and_ends_with_a_summary()
    {
        string file = Write(
            "service echo\n{\ntype = INTERNAL UNLISTED\nport = 7007\nsocket_type = stream\nwait = no\nflags = NOLIBWRAP\n}\n");
        Assert.Equal(
            (0, "1 service will run, 0 are disabled, 0 are left out: 0 errors, 0 warnings, 0 notices\n", ""),
            Run("rouse", "check", "-f", file));
    }

    [Fact]
    public void An_error_exits_1_and_shows_its_place()
    {
        string file = Write("service x\n{\n\tport = \xfc\n}\n");
        (int code, string output, string error) = Run("rouse", "check", "--file", file);
        Assert.Equal((1, ""), (code, error));
        Assert.Contains(
            $"{file}:3:9: error: port is '\\xfc', which is no number from 0 to 65535; service 'x' is left out.",
            output,
            StringComparison.Ordinal);
        Assert.Contains("\n  \tport = \\xfc\n  \t       ^~~~\n", output, StringComparison.Ordinal);
        Assert.EndsWith(
            "\n0 services will run, 0 are disabled, 1 is left out: 2 errors, 0 warnings, 0 notices\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_inetd_conf_is_checked_as_its_dialect_means_it()
    {
        string file = Write("7007 stream tcp6 nowait root internal\n127.0.0.1:7008 stream tcp4 nowait.x root /bin/cat cat\n");
        (int code, string output, _) = Run("rouse", "check", "--inetd", file, "--dialect", "inetutils");
        Assert.Equal(1, code);
        Assert.Contains($"{file}:1:13: notice: 'tcp6' lets IPv4 peers in too", output, StringComparison.Ordinal);
        Assert.Contains($"{file}:2:28: error: 'x' is no number of starts a minute; service '7008' is left out.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("RS0146", Run("rouse", "check", "--inetd", file).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_tells_the_same_to_programs()
    {
        string file = Write("service x\n{\n\tport = \xfc\n}\nservice off\n{\ndisable = yes\n}\n");
        (int code, string output, _) = Run("rouse", "check", "-f", file, "--json");
        Assert.Equal(1, code);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, report.GetProperty("format").GetInt32());
        JsonElement finding = report.GetProperty("diagnostics")[1];
        Assert.Equal("RS0031", finding.GetProperty("code").GetString());
        Assert.Equal("error", finding.GetProperty("severity").GetString());
        Assert.Equal((3, 9), (finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32()));
        Assert.Contains('\ufffd', finding.GetProperty("message").GetString()!);
        Assert.Equal(["off:disabled", "x:leftOut"], States(report));
        Assert.Equal(file, report.GetProperty("files")[0].GetString());
    }

    [Fact]
    public void A_port_that_another_program_holds_is_told_with_its_name()
    {
        using System.Net.Sockets.Socket socket = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.IPv6Loopback, 0));
        socket.Listen();
        int port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        string file = Write(
            $"service echo\n{{\ntype = INTERNAL UNLISTED\nport = {port}\nsocket_type = stream\nwait = no\nflags = NOLIBWRAP\n}}\n");
        (int code, string output, _) = Run("rouse", "check", "-f", file);
        Assert.Equal(0, code);
        Assert.Contains($"warning: port {port}/tcp of service 'echo' is in use by ", output, StringComparison.Ordinal);
        Assert.Contains($"(process {Environment.ProcessId})", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_speaks_in_its_place_and_can_be_left_out()
    {
        string skipped = Path.Combine(_folder, "conf.d");
        Directory.CreateDirectory(skipped);
        File.WriteAllText(Path.Combine(skipped, "lost.conf"), "service lost\n{\n}\n");
        string script = Path.Combine(_folder, "script");
        File.WriteAllText(script, "#!/no/such/interpreter\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string file = Write(
            $"service a\n{{\ntype = UNLISTED\nport = 7007\nsocket_type = stream\nprotocol = tcp\nwait = no\nflags = NOLIBWRAP\nnonsense = 1\n"
            + $"user = nobody\nserver = {script}\nbind = 192.0.2.99\nonly_from = 10.0.0.0/8 10.1.0.0/16\nlog_type = FILE {_folder}/gone/log\n"
            + $"mdns = yes\n}}\nincludedir {skipped}\n");
        (int code, string output, string error) = Run("rouse", "check", "-f", file);
        Assert.Equal((0, ""), (code, error));
        string[] expected =
        [
            "RS0020 9:1", "RS0182 11:10", "RS0169 12:8", "RS0160 13:24", "RS0185 14:12", "RS0088 15:8", "RS0180 17:12",
        ];
        Assert.Equal(expected, PlacesIn(output));
        Assert.EndsWith(": 0 errors, 5 warnings, 2 notices\n", output, StringComparison.Ordinal);

        (code, output, _) = Run("rouse", "check", "-f", file, "--no-doctor");
        Assert.Equal(0, code);
        Assert.Equal(["RS0020 9:1", "RS0088 15:8"], PlacesIn(output));

        (_, output, _) = Run("rouse", "check", "-f", file, "--json");
        List<string> codes = [];
        foreach (JsonElement finding in JsonDocument.Parse(output).RootElement.GetProperty("diagnostics").EnumerateArray())
        {
            codes.Add($"{finding.GetProperty("code").GetString()} {finding.GetProperty("line").GetInt32()}:{finding.GetProperty("column").GetInt32()}");
        }

        Assert.Equal(expected, codes);
    }

    [Fact]
    public void A_missing_file_exits_1()
    {
        (int code, string output, _) = Run("rouse", "check", "-f", Path.Combine(_folder, "gone"));
        Assert.Equal(1, code);
        Assert.StartsWith("error: cannot read '", output, StringComparison.Ordinal);
        Assert.Contains("No such file or directory", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chek")]
    [InlineData("check", "--nonsense")]
    [InlineData("check", "-f")]
    [InlineData()]
    public void Wrong_use_exits_2_and_says_so_on_stderr(params string[] arguments)
    {
        (int code, string output, string error) = Run("rouse", arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Help_and_version_go_to_stdout()
    {
        (int code, string output, string error) = Run("rouse", "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("check", output, StringComparison.Ordinal);
        (_, output, _) = Run("rouse", "check", "--help");
        Assert.Contains("--no-doctor", output, StringComparison.Ordinal);
        (code, output, error) = Run("rouse", "--version");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches("^rouse [0-9]+\\.[0-9]+\\.[0-9]+\n$", output);
    }

    [Theory]
    [InlineData("chkconfig")]
    [InlineData("service")]
    [InlineData("ntsysv")]
    public void Called_by_a_tools_name_it_is_that_tool(string personality)
    {
        (int Code, string Output, string Error) byWord = Run("rouse", personality, "--help");
        Assert.Contains(personality, byWord.Output + byWord.Error, StringComparison.Ordinal);
        string link = Path.Combine(_folder, personality);
        File.CreateSymbolicLink(link, Executable());
        Assert.Equal(byWord, Run(link, "--help"));
    }

    /// <summary><c>CODE line:column</c> of each finding, in the order of the report.</summary>
    private static List<string> PlacesIn(string output)
    {
        List<string> places = [];
        foreach (string line in output.Split('\n'))
        {
            if (line.StartsWith('/') && line.EndsWith(']'))
            {
                string[] parts = line.Split(':');
                places.Add($"{line[^7..^1]} {parts[1]}:{parts[2]}");
            }
        }

        return places;
    }

    internal static string Executable()
    {
        // The configuration that these tests are built in decides which build of the tools they run.
        string configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')).Split('_')[0];
        string path = Path.Combine(Repository.Root, "artifacts", "bin", "Rouse", configuration + "_linux-x64", "rouse");
        Assert.True(File.Exists(path), $"{path} is not built");
        return path;
    }

    private static SortedSet<string> States(JsonElement report)
    {
        SortedSet<string> states = [];
        foreach (JsonElement service in report.GetProperty("services").EnumerateArray())
        {
            states.Add($"{service.GetProperty("id").GetString()}:{service.GetProperty("state").GetString()}");
        }

        return states;
    }

    private static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program is "rouse" ? Executable() : program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            process.Kill();
            Assert.Fail("did not exit");
        }

        return (process.ExitCode, output, error.Result);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "xinetd.conf");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        return path;
    }
}
