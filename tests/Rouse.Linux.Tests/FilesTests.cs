using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Rouse.Linux.Tests;

public sealed class FilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rouse-files-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_path_tells_its_kind_its_rights_and_its_owner()
    {
        File.WriteAllBytes(Path("f"), []);
        File.SetUnixFileMode(Path("f"), (UnixFileMode)0x9e8);
        Assert.True(Files.TryStatus(Path("f"), out FileStatus file));
        Assert.Equal((FileKind.Regular, 0x9e8u), (file.Kind, file.Mode));
        Assert.True(Files.TryStatus(_directory, out FileStatus directory));
        Assert.Equal((FileKind.Directory, file.Uid), (directory.Kind, directory.Uid));
        Assert.True(Files.TryStatus("/", out FileStatus root));
        Assert.Equal((FileKind.Directory, 0u, 0u), (root.Kind, root.Uid, root.Gid));
        Assert.False(Files.TryStatus(Path("gone"), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8192)]
    [InlineData(100_001)]
    public void A_file_of_any_size_is_read_whole(int size)
    {
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        File.WriteAllBytes(Path("f"), content);
        Assert.True(Files.Read(Path("f"), out byte[] bytes).Ok);
        Assert.Equal(content, bytes);
    }

    [Fact]
    public void One_of_the_kernels_files_which_tell_no_size_is_read_whole()
    {
        Assert.True(Files.Read("/proc/self/smaps", out byte[] bytes).Ok);
        Assert.InRange(bytes.Length, 8192, int.MaxValue);
        Assert.Equal((byte)'\n', bytes[^1]);
    }

    [Fact]
    public void A_path_with_links_has_one_without()
    {
        File.WriteAllBytes(Path("f"), []);
        File.CreateSymbolicLink(Path("link"), Path("f"));
        Assert.True(Files.RealPath(_directory + "/../" + System.IO.Path.GetFileName(_directory) + "/link", out string real).Ok);
        Assert.True(Files.RealPath(Path("f"), out string plain).Ok);
        Assert.Equal(plain, real);
        Assert.EndsWith("/f", real);
        Assert.Equal(Errno.ENOENT, Files.RealPath(Path("gone"), out real).Error);
        Assert.Equal(Path("gone"), real);
    }

    [Fact]
    public void A_file_is_read_whole_whatever_its_size_and_bytes()
    {
        byte[] content = new byte[100_003];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path("f"), content);
        Assert.True(Files.Read(Path("f"), out byte[] read).Ok);
        Assert.Equal(content, read);
        File.WriteAllBytes(Path("empty"), []);
        Assert.True(Files.Read(Path("empty"), out read).Ok);
        Assert.Empty(read);
    }

    [Fact]
    public void What_cannot_be_read_says_why()
    {
        Assert.Equal(Errno.ENOENT, Files.Read(Path("none"), out _).Error);
        Assert.Equal(Errno.EISDIR, Files.Read(_directory, out _).Error);
        Assert.Equal("No such file or directory", Errno.ENOENT.Describe());
    }

    [Fact]
    public void A_directory_lists_its_names_also_those_that_are_no_text()
    {
        for (int i = 0; i < 500; i++)
        {
            File.WriteAllText(Path($"file-{i}"), "");
        }

        Assert.True(Files.List(_directory, out List<string> names).Ok);
        Assert.Equal(500, names.Count);
        Assert.Contains("file-499", names);
        Assert.Equal(Errno.ENOTDIR, Files.List(Path("file-1"), out _).Error);
    }

    [Fact]
    public void A_link_in_the_place_of_a_pid_file_is_replaced_not_followed()
    {
        File.WriteAllText(Path("victim"), "precious");
        File.CreateSymbolicLink(Path("pid"), Path("victim"));
        Assert.True(Files.CreateAnew(Path("pid"), "42\n"u8).Ok);
        Assert.Equal("precious", File.ReadAllText(Path("victim")));
        Assert.Equal("42\n", File.ReadAllText(Path("pid")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Path("pid")));
    }

    [Fact]
    public void Appending_keeps_what_was_there_and_tells_the_size()
    {
        LinuxSystem system = new();
        File.WriteAllText(Path("log"), "old\n");
        Fd fd = system.OpenAppend(Path("log")).Fd;
        Assert.Equal(4, system.SizeOf(fd));
        Assert.Equal(4, system.Write(fd, "new\n"u8).Value);
        system.Close(fd);
        Assert.Equal("old\nnew\n", File.ReadAllText(Path("log")));
    }

    [Fact]
    public void Kinds_of_paths_are_told_apart()
    {
        File.WriteAllText(Path("f"), "");
        Assert.Equal(FileKind.Regular, Files.KindOf(Path("f")));
        Assert.Equal(FileKind.Directory, Files.KindOf(_directory));
        Assert.Equal(FileKind.Other, Files.KindOf("/dev/null"));
        Assert.Equal(FileKind.Missing, Files.KindOf(Path("none")));
        Assert.True(Files.MayExecute("/bin/sh").Ok);
        Assert.Equal(Errno.ENOENT, Files.MayExecute(Path("none")).Error);
    }

    [Fact]
    public void A_log_that_is_a_pipe_without_a_reader_does_not_block()
    {
        using System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", Path("pipe"));
        mkfifo.WaitForExit();
        Assert.False(Files.OpenAppend(Path("pipe")).Ok);
    }

    [Fact]
    public void Users_and_groups_are_found_by_name_and_number()
    {
        Assert.Equal(0u, Users.Find("root")!.Uid);
        Assert.Equal("root", Users.Find(0)!.Name);
        Assert.Equal(0u, Users.FindGroup("root"));
        Assert.Null(Users.Find("no-such-user-here"));
        Assert.Null(Users.FindGroup("no-such-group-here"));
        Assert.Contains(0u, Users.GroupsOf("root", 0));
    }

    [Fact]
    public void The_clock_agrees_with_the_frameworks()
    {
        LinuxSystem system = new();
        Assert.InRange(system.UnixSeconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), -2, 2);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_795_500_123).ToLocalTime();
        LocalTime local = system.ToLocal(1_795_500_123);
        Assert.Equal((now.Year, now.Month, now.Day, now.Hour, now.Minute, now.Second), (local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second));
        Span<byte> zone = stackalloc byte[8];
        Assert.NotEqual(0, local.FormatZone(zone));
        Assert.Equal("CEST", Encoding.ASCII.GetString(zone[..(local with { ZoneBytes = LocalTime.PackZone("CEST"u8) }).FormatZone(zone)]));
    }

    private string Path(string name) => System.IO.Path.Combine(_directory, name);
}
