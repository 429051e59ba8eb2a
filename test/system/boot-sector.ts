/**
 * A disk of 1 MiB whose boot sector prints `hello` on COM1, ignores the power button, and shuts the machine down
 * (ACPI S5 through PM1a_CNT, which SeaBIOS puts at port 0x604 on q35) when it receives a byte on COM1.
 */
export function helloDisk(): Buffer {
  const loadedAt = 0x7c00;
  const print = 'ac 84c0 7406 baf803 ee ebf5'; // next: lodsb; test al,al; jz done; mov dx,0x3f8; out dx,al; jmp next
  const waitForByte = 'bafd03 ec a801 74fb'; // mov dx,0x3fd; poll: in al,dx; test al,1; jz poll
  const powerOff = 'ba0406 b80020 ef f4 ebfd'; // mov dx,0x604; mov ax,0x2000; out dx,ax; halt: hlt; jmp halt
  const setup = 'fa 31c0 8ed8 be'; // cli; xor ax,ax; mov ds,ax; mov si,message
  const before = bytes(setup);
  const after = bytes(print + waitForByte + powerOff);
  const message = Buffer.alloc(2);
  message.writeUInt16LE(loadedAt + before.length + message.length + after.length);
  const disk = Buffer.alloc(1024 * 1024);
  Buffer.concat([before, message, after, Buffer.from('hello\r\n\0')]).copy(disk);
  disk.writeUInt16BE(0x55aa, 510);
  return disk;
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}
