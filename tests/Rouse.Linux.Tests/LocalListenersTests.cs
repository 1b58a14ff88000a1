using System;
using System.IO;

namespace Rouse.Linux.Tests;

/// <summary>unix(7), on the kernel: names, owners, modes, and what stood in their place.</summary>
public sealed class LocalListenersTests : IDisposable
{
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;

    private readonly LinuxSystem _system = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("rouse-local-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "s");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SOCK_STREAM)]
    [InlineData(SOCK_DGRAM)]
    public void It_has_the_mode_that_was_asked_for_whatever_the_umask(int type)
    {
        int umask = ThisProcess.SetUmask(0x3f);
        SysResult opened = Open(type, 0x1b0);
        ThisProcess.SetUmask(umask);
        Assert.True(opened.Ok, opened.Error.ToString());
        Assert.Equal((UnixFileMode)0x1b0, File.GetUnixFileMode(Path));
        _system.Close(opened.Fd);
    }

    [Fact]
    public void It_has_the_owner_that_was_asked_for()
    {
        if (!ThisProcess.IsRoot)
        {
            Assert.Skip("only root can give files away");
        }

        SysResult opened = _system.OpenLocalListener(new LocalListenRequest(Path, SOCK_STREAM, 65534, 1, 0x180, true), out _);
        Assert.True(opened.Ok, opened.Error.ToString());
        _system.Close(opened.Fd);
        Assert.Equal("65534 1", Stat());
    }

    [Fact]
    public void A_dead_socket_is_replaced_and_one_that_is_answered_is_not()
    {
        _system.Close(Open(SOCK_STREAM, 0x180).Fd);
        SysResult alive = Open(SOCK_STREAM, 0x180);
        Assert.True(alive.Ok, alive.Error.ToString());
        Assert.Equal(Errno.EADDRINUSE, Open(SOCK_STREAM, 0x180).Error);
        Assert.Equal(Errno.EADDRINUSE, Open(SOCK_DGRAM, 0x180).Error);
        _system.Close(alive.Fd);
    }

    [Fact]
    public void Anything_else_of_that_name_is_left_alone()
    {
        File.WriteAllText(Path, "precious");
        Assert.Equal(Errno.EEXIST, Open(SOCK_STREAM, 0x180).Error);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [Fact]
    public void Only_its_own_name_is_taken_away()
    {
        SysResult first = _system.OpenLocalListener(new LocalListenRequest(Path, SOCK_STREAM, null, null, 0x180, true), out long inode);
        _system.Close(first.Fd);
        SysResult second = Open(SOCK_STREAM, 0x180);
        File.Move(Path, Path + "2");
        SysResult third = _system.OpenLocalListener(new LocalListenRequest(Path, SOCK_STREAM, null, null, 0x180, true), out long other);
        Assert.NotEqual(0, inode);
        _system.RemoveControl(Path + "2", other);
        Assert.True(File.Exists(Path + "2"));
        _system.RemoveControl(Path, other);
        Assert.False(File.Exists(Path));
        _system.Close(second.Fd);
        _system.Close(third.Fd);
    }

    [Fact]
    public void A_path_that_does_not_fit_is_an_error() => Assert.Equal(
        Errno.ENAMETOOLONG, _system.OpenLocalListener(new LocalListenRequest(new string('x', 108), SOCK_STREAM, null, null, 0x180, true), out _).Error);

    private SysResult Open(int type, uint mode) => _system.OpenLocalListener(new LocalListenRequest(Path, type, null, null, mode, true), out _);

    private string Stat()
    {
        using System.Diagnostics.Process stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u %g", Path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string owner = stat.StandardOutput.ReadToEnd().Trim();
        stat.WaitForExit();
        return owner;
    }
}
