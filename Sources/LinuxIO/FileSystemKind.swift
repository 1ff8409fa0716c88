// What a file system can be trusted with.

/// A file system by its kind, as `statfs` numbers them.
package struct FileSystemKind: Hashable, Sendable {
  /// Whose changes inotify tells.
  package enum Sight: Hashable, Sendable {
    /// Everybody's: nobody writes but through this kernel.
    case everyWriter
    /// Those made through this mount of this kernel; another machine, guest or host writes unseen.
    case onlyLocalWriters
    /// It depends on how it is mounted, or nobody knows: look as well as listen.
    case unsure
  }

  /// The `f_type` of statfs.
  package let number: UInt64

  package init(number: UInt64) {
    self.number = number
  }

  package var sight: Sight { entry?.sight ?? .unsure }

  /// Whether a flock that is free here is held by nobody anywhere: all who can open the file ask this kernel.
  package var isFlockKernelWide: Bool { entry?.isFlockKernelWide ?? false }

  /// Whether it ends with the machine's running, and is this kernel's alone.
  package var isInMemory: Bool { number == 0x0102_1994 || number == 0x8584_58f6 }

  /// Its name, or its number where it has none here.
  package var name: String { entry?.name ?? "unknown (0x\(String(number, radix: 16)))" }

  private struct Entry {
    let name: String
    let sight: Sight
    let isFlockKernelWide: Bool
  }

  private var entry: Entry? {
    func local(_ name: String) -> Entry { Entry(name: name, sight: .everyWriter, isFlockKernelWide: true) }
    func remote(_ name: String) -> Entry { Entry(name: name, sight: .onlyLocalWriters, isFlockKernelWide: false) }
    switch number {
    case 0x0102_1994: return local("tmpfs")
    case 0x8584_58f6: return local("ramfs")
    case 0xef53: return local("ext")
    case 0x5846_5342: return local("xfs")
    case 0x9123_683e: return local("btrfs")
    case 0xf2f5_2010: return local("f2fs")
    case 0x2fc1_2fc1: return local("zfs")
    case 0xca45_1a4e: return local("bcachefs")
    case 0x3153_464a: return local("jfs")
    case 0x4d44: return local("vfat")
    case 0x2011_bab0: return local("exfat")
    // Written through the overlay it is like its upper layer; written below it inotify is silent.
    case 0x794c_7630: return Entry(name: "overlay", sight: .unsure, isFlockKernelWide: true)
    case 0x6969: return remote("nfs")
    case 0xff53_4d42: return remote("cifs")
    case 0xfe53_4d42: return remote("smb2")
    case 0x517b: return remote("smb")
    case 0x0102_1997: return remote("9p")
    // virtiofs has no number of its own.
    case 0x6573_5546: return remote("fuse or virtiofs")
    case 0x00c3_6400: return remote("ceph")
    case 0x5346_414f, 0x6b41_4653: return remote("afs")
    case 0x0116_1970: return remote("gfs2")
    case 0x7461_636f: return remote("ocfs2")
    case 0x0bd0_0bd0: return remote("lustre")
    case 0x4750_4653: return remote("gpfs")
    case 0x786f_4256: return remote("vboxsf")
    case 0x00c0_ffee: return remote("hostfs")
    default: return nil
    }
  }
}
