using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace Rouse.Linux.Tests;

public sealed class ControlSocketTests : IDisposable
{
    private readonly LinuxSystem _system = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("rouse-control-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "control.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_its_owner_may_open_it_whatever_the_umask()
    {
        int umask = ThisProcess.SetUmask(0);
        SysResult opened = _system.OpenControl(Path, out _);
        ThisProcess.SetUmask(umask);
        Assert.True(opened.Ok);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        _system.Close(opened.Fd);
    }

    [Fact]
    public void Who_connected_is_known_and_both_sides_talk()
    {
        Fd listener = _system.OpenControl(Path, out _).Fd;
        Fd client = ControlSocket.Connect(Path, 10).Fd;
        SysResult accepted = _system.Accept(listener, nonBlocking: true, out _);
        Assert.True(accepted.Ok);
        Assert.True(_system.PeerUser(accepted.Fd, out uint uid).Ok);
        Assert.Equal(ThisProcess.Uid, uid);
        Files.Write(client, "ask"u8);
        byte[] buffer = new byte[8];
        Assert.Equal("ask", Encoding.ASCII.GetString(buffer, 0, _system.Receive(accepted.Fd, buffer).Value));
        _system.Close(accepted.Fd);
        Assert.Equal(0, Files.Read(client, buffer).Value);
        _system.Close(client);
        _system.Close(listener);
    }

    [Fact]
    public void A_name_whose_daemon_is_dead_is_taken_over_and_one_that_is_answered_is_not()
    {
        Fd dead = _system.OpenControl(Path, out _).Fd;
        _system.Close(dead);
        SysResult alive = _system.OpenControl(Path, out long inode);
        Assert.True(alive.Ok);
        Assert.Equal(Errno.EADDRINUSE, _system.OpenControl(Path, out _).Error);
        SysResult client = ControlSocket.Connect(Path, 1);
        Assert.True(client.Ok);
        _system.Close(client.Fd);
        _system.RemoveControl(Path, inode);
        Assert.False(File.Exists(Path));
        _system.Close(alive.Fd);
    }

    [Fact]
    public void A_queue_that_is_full_is_no_dead_daemon()
    {
        Fd listener = _system.OpenControl(Path, out _).Fd;
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(Errno.EADDRINUSE, _system.OpenControl(Path, out _).Error);
        }

        _system.Close(listener);
    }

    [Fact]
    public void A_queue_that_stays_full_is_not_waited_for_without_an_end()
    {
        Fd listener = _system.OpenControl(Path, out _).Fd;
        List<Fd> waiting = [];
        SysResult connected;
        var watch = Stopwatch.StartNew();
        while ((connected = ControlSocket.Connect(Path, 1)).Ok)
        {
            waiting.Add(connected.Fd);
        }

        Assert.Equal(Errno.EAGAIN, connected.Error);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 30);
        Assert.InRange(waiting.Count, 1, 100);
        waiting.ForEach(_system.Close);
        _system.Close(listener);
    }

    [Fact]
    public void What_is_no_socket_is_left_alone()
    {
        File.WriteAllText(Path, "precious");
        Assert.Equal(Errno.EEXIST, _system.OpenControl(Path, out _).Error);
        Assert.Equal("precious", File.ReadAllText(Path));
        File.Delete(Path);
        File.CreateSymbolicLink(Path, System.IO.Path.Combine(_folder, "elsewhere"));
        Assert.Equal(Errno.EEXIST, _system.OpenControl(Path, out _).Error);
    }

    [Fact]
    public void Another_daemons_socket_of_the_same_name_is_not_removed()
    {
        SysResult first = _system.OpenControl(Path, out long inode);
        File.Delete(Path);
        SysResult second = _system.OpenControl(Path, out _);
        _system.RemoveControl(Path, inode);
        Assert.True(ControlSocket.Connect(Path, 1).Ok);
        _system.Close(first.Fd);
        _system.Close(second.Fd);
    }

    [Fact]
    public void Places_where_it_cannot_be_are_errors()
    {
        Assert.Equal(Errno.ENAMETOOLONG, _system.OpenControl("/" + new string('x', 120), out _).Error);
        Assert.Equal(Errno.ENOENT, _system.OpenControl(_folder + "/missing/x", out _).Error);
        Assert.Equal(Errno.ENOENT, ControlSocket.Connect(_folder + "/none", 1).Error);
    }

    [Fact]
    public void A_directory_gets_its_mode_whatever_the_umask_and_one_that_exists_keeps_its_own()
    {
        string made = System.IO.Path.Combine(_folder, "made");
        int umask = ThisProcess.SetUmask(0x3f);
        Assert.True(Files.MakeDirectory(made, 0x1ed).Ok);
        ThisProcess.SetUmask(umask);
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(made), 8));
        Assert.Equal(Errno.EEXIST, Files.MakeDirectory(made, 0x1c0).Error);
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(made), 8));
    }
}
