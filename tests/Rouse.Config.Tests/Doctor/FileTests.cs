using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Doctor;

/// <summary>Programs, scripts, logs, banners, and files that are not read.</summary>
public sealed class FileTests
{
    private const string Server = "/usr/sbin/in.server";
    private readonly MemoryHost _host = new();
    private readonly MemoryDoctor _doctor = new();

    [Theory]
    [InlineData(0x1ed, 0, 0, null)]
    [InlineData(0x1ff, 0, 0, "'/usr/sbin/in.server' can be written by everybody")]
    [InlineData(0x1fd, 0, 0, null)]
    [InlineData(0x1fd, 0, 50, "'/usr/sbin/in.server' can be written by group number 50")]
    [InlineData(0x1ed, 1000, 0, "'/usr/sbin/in.server' belongs to user number 1000")]
    public void A_program_of_root_that_others_can_change_is_told(uint mode, uint uid, uint gid, string? words)
    {
        _doctor.Paths[Server] = new(PathKind.Regular, mode, uid, gid);
        ExpectOfRoot(words);
        Assert.Empty(Examined.Lines("", _host, _doctor));
    }

    [Theory]
    [InlineData("/usr", 0x1ff, 0, "everybody can write to the directory '/usr'")]
    [InlineData("/usr", 0x3ff, 0, null)]
    [InlineData("/usr/sbin", 0x1fd, 0, null)]
    [InlineData("/", 0x1ed, 7, "the directory '/' belongs to user number 7")]
    public void A_directory_in_which_a_program_of_root_can_be_exchanged_is_told(string path, uint mode, uint uid, string? words)
    {
        _doctor.Paths[path] = MemoryDoctor.Directory(mode, uid, 50);
        ExpectOfRoot(words);
    }

    [Fact]
    public void Of_a_link_the_place_counts_that_it_leads_to()
    {
        _doctor.Links[Server] = "/home/me/in.server";
        _doctor.Paths["/home/me/in.server"] = new(PathKind.Regular, 0x1ed, 0, 0);
        ExpectOfRoot("the directory '/home/me' belongs to user number 1000");
    }

    [Theory]
    [InlineData(0x9ed, 0, "RS0183 notice '/usr/sbin/in.server'")]
    [InlineData(0x9ed, 65534, "")]
    [InlineData(0x5ed, 0, "")]
    public void A_setuid_program_of_another_user_is_told(uint mode, uint uid, string expected)
    {
        _doctor.Paths[Server] = new(PathKind.Regular, mode, uid, 0);
        Assert.Equal(expected, string.Join('|', Examined.Lines("", _host, _doctor)));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho\n", null)]
    [InlineData("#! \t/usr/sbin/tcpd -x\n", null)]
    [InlineData("#!/usr/sbin/tcpd", null)]
    [InlineData("#!/bin/bash -e\n", "is a script for '/bin/bash'")]
    [InlineData("#!/bin/sh\r\n", "convert the script")]
    [InlineData("echo hello\n", "is text without a first line such as #!/bin/sh")]
    [InlineData("\x7f" + "ELF", null)]
    [InlineData("MZ\0\0", null)]
    [InlineData("", null)]
    public void A_script_that_cannot_start_is_told(string content, string? words)
    {
        _host.Programs.Add("/bin/sh");
        _doctor.Beginnings[Server] = content;
        var found = Examined.Text(Loaded.Service(""), _host, _doctor);
        if (words is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.Contains(words, Examined.Only(found, Codes.ScriptCannotStart));
        }
    }

    [Theory]
    [InlineData("/var/log/x", "")]
    [InlineData("/tmp/x", "RS0184 warning")]
    [InlineData("/home/me/x", "RS0184 warning")]
    [InlineData("/var/log", "RS0185 warning")]
    [InlineData("/nowhere/x", "RS0185 warning")]
    [InlineData("x", "RS0185 warning")]
    public void A_log_file_in_the_wrong_place_is_told_once(string path, string expected)
    {
        expected = expected.Length == 0 ? "" : $"{expected} 'FILE {path}'";
        Assert.Equal(expected, string.Join('|', Examined.Lines($"log_type = FILE {path}", _host, _doctor)));
        string inDefaults = $"defaults\n{{\nlog_type = FILE {path}\n}}\n" + Loaded.Service("", "a", 7001) + Loaded.Service("", "b", 7002);
        Assert.Equal(expected, string.Join('|', Examined.Words(Examined.Text(inDefaults, _host, _doctor))));
    }

    [Fact]
    public void A_banner_that_is_not_there_is_told()
    {
        Assert.Equal(["RS0186 warning '/etc/motd'"], Examined.Lines("banner = /etc/motd", _host));
        _host.Files["/etc/motd"] = [];
        Assert.Empty(Examined.Lines("banner = /etc/motd", _host));
    }

    [Theory]
    [InlineData("env = WHO=$REMOTE_HOST", "env mentions REMOTE_HOST, which no server of service 'test' is told")]
    [InlineData("env = REMOTE_HOST=nobody", "env mentions")]
    [InlineData("server_args = -c echo\\ $REMOTE_HOST", "server_args mentions")]
    [InlineData("server_args = --keep=MY_REMOTE_HOST,REMOTE_HOST", "server_args mentions")]
    [InlineData("server_args = REMOTE_HOSTNAME MY_REMOTE_HOST remote_host REMOTE_HOST_REMOTE_HOST", null)]
    [InlineData("server_args = /opt/script", "'/opt/script' mentions")]
    [InlineData("server_args = opt/script", null)]
    [InlineData("server_args = /opt/binary", null)]
    [InlineData("server_args = /opt/large", null)]
    [InlineData("server_args = /opt/largest", "'/opt/largest' mentions")]
    [InlineData("server_args = /opt/folder", null)]
    [InlineData("server_args = /opt/missing", null)]
    public void A_warm_server_that_asks_for_its_peers_address_is_told(string line, string? words)
    {
        const int Longest = 256 * 1024;
        string script = "#!/bin/sh\n# who: REMOTE_HOST\n";
        foreach ((string path, string text) in ((string, string)[])
        [
            ("/opt/script", script), ("/opt/binary", "\x7f" + "ELF" + script), ("/opt/large", script.PadRight(Longest + 1)),
            ("/opt/largest", script.PadRight(Longest)), ("/opt/folder", script), ("opt/script", script),
        ])
        {
            _doctor.Beginnings[path] = text;
            _doctor.Paths[path] = path == "/opt/folder" ? MemoryDoctor.Directory(0x1ed) : new(PathKind.Regular, 0x1ed, 0, 0);
        }

        foreach (string start in (string[])["start = warm 2", "start = warm shared"])
        {
            var found = Examined.Text(Loaded.Service($"{start}\n{line}"), _host, _doctor);
            if (words is null)
            {
                Assert.Empty(found);
            }
            else
            {
                Assert.Contains(words, Examined.Only(found, Codes.WarmRemoteHost));
                Assert.Equal([$"RS0207 warning '{line[(line.IndexOf('=') + 2)..]}'"], Examined.Words(found));
            }
        }

        Assert.Empty(Examined.Text(Loaded.Service(line), _host, _doctor));
    }

    [Fact]
    public void Of_a_warm_service_whose_server_is_a_script_the_script_is_read()
    {
        _host.Programs.Add("/bin/sh");
        _doctor.Beginnings[Server] = "#!/bin/sh\necho \"$REMOTE_HOST\"\n";
        Assert.Equal(["RS0207 warning '/usr/sbin/in.server'"], Examined.Lines("start = warm", _host, _doctor));
        Assert.Empty(Examined.Lines("", _host, _doctor));
        _doctor.Beginnings[Server] = "#!/bin/sh\necho \"$REMOTE_HOSTS\"\n";
        Assert.Empty(Examined.Lines("start = warm", _host, _doctor));
    }

    [Fact]
    public void A_configuration_that_everybody_can_write_is_told()
    {
        _doctor.Paths[Loaded.Path] = new(PathKind.Regular, 0x1b6, 0, 0);
        Assert.Equal(["RS0187 warning ''"], Examined.Lines("", _host, _doctor));
        _doctor.Paths[Loaded.Path] = new(PathKind.Regular, 0x1b4, 0, 50);
        Assert.Empty(Examined.Lines("", _host, _doctor));
    }

    [Theory]
    [InlineData("x.conf", "on", "RS0180 warning '/etc/xinetd.d'")]
    [InlineData("x.conf", "off", "")]
    [InlineData("README.txt", "text", "")]
    [InlineData("x~", "on", "RS0180 notice '/etc/xinetd.d'")]
    [InlineData("test~", "known", "")]
    [InlineData("x.rpmsave", "on", "RS0180 notice '/etc/xinetd.d'")]
    [InlineData("x.dpkg-old", "off", "")]
    [InlineData("test.dpkg-old", "known", "")]
    [InlineData("test.service", "known", "RS0180 warning '/etc/xinetd.d'")]
    [InlineData("x", "on", "")]
    public void A_file_that_is_skipped_for_its_name_is_told_when_a_service_is_lost(string name, string content, string expected)
    {
        _host.Files["/etc/xinetd.d/test"] = SourceFile.Encode(Loaded.Service(""));
        _host.Files["/etc/xinetd.d/" + name] = SourceFile.Encode(content switch
        {
            "on" => Loaded.Service("", "x", 7002),
            "off" => Loaded.Service("disable = yes", "x", 7002),
            "known" => Loaded.Service(""),
            _ => "Put a file for each service here.\n",
        });
        Assert.Equal(expected, string.Join('|', Examined.Words(Examined.Text("includedir /etc/xinetd.d\n", _host, _doctor))));
    }

    private void ExpectOfRoot(string? words)
    {
        var found = Examined.Text(Loaded.Service("instances = 5").Replace("user = nobody", "user = root"), _host, _doctor);
        if (words is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.StartsWith(words, Examined.Only(found, Codes.ProgramReplaceable));
        }
    }
}
