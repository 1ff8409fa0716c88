import ChannelMessages
import Testing

@Suite struct ByteReaderTests {
  @Test func readsWhatWasAppended() {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: 0x12 as UInt8)
    bytes.append(littleEndian: 0x3456 as UInt16)
    bytes.append(littleEndian: 0x789A_BCDE as UInt32)
    bytes.append(littleEndian: 0x0123_4567_89AB_CDEF as UInt64)
    bytes.append(littleEndian: -2 as Int32)
    #expect(bytes[1...2] == [0x56, 0x34])
    var reader = ByteReader(bytes)
    #expect(reader.uint8() == 0x12)
    #expect(reader.uint16() == 0x3456)
    #expect(reader.uint32() == 0x789A_BCDE)
    #expect(reader.uint64() == 0x0123_4567_89AB_CDEF)
    #expect(reader.uint32() == 0xFFFF_FFFE)
    #expect(reader.remaining == 0)
    #expect(reader.uint8() == nil)
  }

  @Test func staysWhereItIsWhenTooFewBytesAreLeft() {
    for count in 0..<8 {
      var reader = ByteReader([UInt8](repeating: 1, count: count))
      #expect(reader.uint64() == nil)
      #expect(reader.array(count + 1) == nil)
      #expect(reader.range(-1) == nil && reader.range(.max) == nil)
      #expect(reader.position == 0 && reader.remaining == count)
    }
  }

  @Test func keepsInsideOfItsRange() {
    var reader = ByteReader([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], in: 2..<6)
    #expect(reader.uint64() == nil)
    #expect(reader.uint16() == 0x0403)
    #expect(reader.range(1) == 4..<5)
    #expect(reader.array(1) == [6])
    #expect(reader.uint8() == nil)
  }
}
