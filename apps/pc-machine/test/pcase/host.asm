; The beginning of a ROM that runs a script of port and memory accesses and prints each answer to port 0xe9.
; script.ts puts the script behind it and the reset vector at the end of 64 KiB.
; Assemble: nasm -f bin -o host.bin host.asm
bits 16
org 0
section .text
start16:
  cli
  o32 lgdt [cs:gdtr]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp dword 8:(0xf0000+start32)
align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr: dw 23
  dd 0xf0000+gdt
bits 32
%define A(x) (0xf0000+(x))
start32:
  mov ax, 16
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov fs, ax
  mov gs, ax
  mov esp, 0x8000
  cld
  ; idt at 0x1000: 256 gates to stubs
  mov edi, 0x1000
  mov eax, A(stubs)
  mov ecx, 256
.idt:
  mov [edi], ax
  mov word [edi+2], 8
  mov word [edi+4], 0x8e00
  mov edx, eax
  shr edx, 16
  mov [edi+6], dx
  add edi, 8
  add eax, 16
  loop .idt
  mov word [0x2000], 256*8-1
  mov dword [0x2002], 0x1000
  lidt [0x2000]
  mov edi, 0x3000       ; counts
  mov ecx, 256
  xor eax, eax
  rep stosd
  mov byte [0x2010], 1  ; send EOI
  mov dword [0xfee000f0], 0x1ff
  mov dword [0xfee00350], 0x700
  ; channel 1 is the stopwatch
  mov al, 0x74
  out 0x43, al
  xor al, al
  out 0x41, al
  out 0x41, al
  mov esi, A(script)
  cmp dword [0x500], 0x12345678
  jne run
  mov esi, [0x504]
  mov dword [0x500], 0
  mov al, 'R'
  call putc
  call nl
run:
  xor eax, eax
  lodsb
  cmp al, nops
  jae bad
  call [A(ops)+eax*4]
  jmp run
bad:
  mov al, '?'
  call putc
  jmp op_end
ops: dd A(op_end),A(op_outb),A(op_outw),A(op_outl),A(op_inb),A(op_inw),A(op_inl),A(op_wb),A(op_ww),A(op_wl),A(op_rb),A(op_rw),A(op_rl)
  dd A(op_insw),A(op_delay),A(op_wait),A(op_sti),A(op_cli),A(op_irqs),A(op_str),A(op_outsw),A(op_inbm),A(op_dump),A(op_inbq),A(op_mark),A(op_eoi),A(op_elapsed),A(op_hlt),A(op_drain),A(op_mono),A(op_regs)
nops equ 31
op_end:
  ; ACPI soft off through PIIX4's PM registers
  mov dx, 0xcf8
  mov eax, 0x80000b40
  out dx, eax
  mov dx, 0xcfc
  mov eax, 0xb001
  out dx, eax
  mov dx, 0xcf8
  mov eax, 0x80000b80
  out dx, eax
  mov dx, 0xcfc
  mov al, 1
  out dx, al
  mov dx, 0xb004
  mov ax, 0x2000
  out dx, ax
  mov dx, 0x64
  mov al, 0xfe
  out dx, al
.h: cli
  hlt
  jmp .h
; regs: what an access to a port leaves in the registers
op_regs: lodsb
  mov [0x2020], al
  call port
  lodsd
  mov [0x2024], eax
  lodsd
  mov ebx, eax
  lodsd
  mov ecx, eax
  push esi
  mov esi, 0x11111111
  mov edi, 0x22222222
  mov eax, [0x2024]
  cmp byte [0x2020], 1
  je .o
  ja .b
  in eax, dx
  jmp .d
.o: out dx, eax
  jmp .d
.b: in al, dx
.d: push edi
  push esi
  push edx
  push ecx
  push ebx
  call hex32
  mov ebp, 5
.l: mov al, ' '
  call putc
  pop eax
  call hex32
  dec ebp
  jnz .l
  pop esi
  jmp nl
port: lodsw
  mov edx, eax
  and edx, 0xffff
  ret
op_outb: call port
  lodsb
  out dx, al
  ret
op_outw: call port
  lodsw
  out dx, ax
  ret
op_outl: call port
  lodsd
  out dx, eax
  ret
op_inb: call port
  in al, dx
  call hex8
  jmp nl
op_inbq: call port
  in al, dx
  ret
op_inbm: call port
  in al, dx
  mov ah, al
  lodsb
  and al, ah
  call hex8
  jmp nl
op_inw: call port
  in ax, dx
  call hex16
  jmp nl
op_inl: call port
  in eax, dx
  call hex32
  jmp nl
op_wb: lodsd
  mov ebx, eax
  lodsb
  mov [ebx], al
  ret
op_ww: lodsd
  mov ebx, eax
  lodsw
  mov [ebx], ax
  ret
op_wl: lodsd
  mov ebx, eax
  lodsd
  mov [ebx], eax
  ret
op_rb: lodsd
  mov al, [eax]
  call hex8
  jmp nl
op_rw: lodsd
  mov ax, [eax]
  call hex16
  jmp nl
op_rl: lodsd
  mov eax, [eax]
  call hex32
  jmp nl
op_insw: call port
  lodsw
  movzx ecx, ax
.l: in ax, dx
  call hex16
  loop .l
  jmp nl
op_outsw: call port
  lodsw
  movzx ecx, ax
.l: lodsw
  out dx, ax
  loop .l
  ret
op_dump: lodsd
  mov ebx, eax
  lodsw
  movzx ecx, ax
.l: mov al, [ebx]
  call hex8
  inc ebx
  loop .l
  jmp nl
; mono: 100000 latched reads of channel 1: how often did the count go up (time backwards)?, largest step
op_mono: xor ebp, ebp
  xor edi, edi
  mov ecx, 100000
  call ticks
  mov ebx, eax
.l: call ticks
  mov edx, ebx
  mov ebx, eax
  sub dx, ax
  movzx edx, dx
  cmp edx, 0xf000
  jb .f
  inc ebp
  jmp .n
.f: cmp edx, edi
  jbe .n
  mov edi, edx
.n: loop .l
  mov eax, ebp
  call hex32
  mov al, ' '
  call putc
  mov eax, edi
  call hex32
  jmp nl
op_drain: call port
  mov ebp, 24
.o: mov ecx, 200
.w: lea ebx, [edx+7]
  push edx
  mov edx, ebx
  in al, dx
  pop edx
  test al, 0x80
  jz .r
  push edx
  mov eax, 100
  call usleep
  pop edx
  loop .w
.r: test al, 8
  jz .e
  push edx
  add edx, 2
  in al, dx
  call hex8
  add edx, 2
  in al, dx
  mov cl, al
  inc edx
  in al, dx
  mov ch, al
  pop edx
  mov al, ':'
  call putc
  movzx ecx, cx
  mov eax, ecx
  call hex16
  mov al, ':'
  call putc
  inc ecx
  shr ecx, 1
  xor edi, edi
.d: in ax, dx
  cmp edi, 20
  jae .s
  xchg al, ah
  call hex16
.s: inc edi
  loop .d
  mov al, ' '
  call putc
  dec ebp
  jnz .o
.e: mov al, '.'
  call putc
  jmp nl
op_sti: sti
  ret
op_cli: cli
  ret
op_hlt: sti
  hlt
  cli
  ret
op_eoi: lodsb
  mov [0x2010], al
  ret
op_mark: lodsw
  movzx eax, ax
  add eax, A(script)
  mov [0x504], eax
  mov dword [0x500], 0x12345678
  ret
op_irqs: mov ecx, 0
.l: cmp dword [0x3000+ecx*4], 0
  je .n
  mov al, cl
  call hex8
  mov al, ':'
  call putc
  mov eax, [0x3000+ecx*4]
  cmp eax, 0xffff
  jbe .ok
  mov eax, 0xffff
.ok: call hex16
  mov dword [0x3000+ecx*4], 0
  mov al, ' '
  call putc
.n: inc ecx
  cmp ecx, 256
  jb .l
  mov al, '.'
  call putc
  jmp nl
op_str: lodsb
  movzx ecx, al
.l: lodsb
  call putc
  loop .l
  ret
; wait: port mask val tenths-of-ms16
op_wait: call port
  lodsb
  mov bl, al
  lodsb
  mov bh, al
  lodsw
  movzx ecx, ax
.l: in al, dx
  mov ah, al
  and ah, bl
  cmp ah, bh
  je .ok
  push eax
  push edx
  mov eax, 100
  call usleep
  pop edx
  pop eax
  loop .l
  call hex8
  mov al, 'T'
  call putc
  jmp nl
.ok: call hex8
  jmp nl
op_delay: lodsd
; sleep eax microseconds
usleep:
  push ecx
  push edx
  push ebx
  mov edx, 1193182
  mul edx
  mov ecx, 1000000
  div ecx
  mov ecx, eax         ; ticks
  call ticks
  mov ebx, eax
.l: call ticks
  mov edx, ebx
  sub dx, ax
  movzx edx, dx
  mov ebx, eax
  sub ecx, edx
  ja .l
  pop ebx
  pop edx
  pop ecx
  ret
ticks: mov al, 0x40
  pushfd
  cli
  out 0x43, al
  in al, 0x41
  mov ah, al
  in al, 0x41
  xchg al, ah
  movzx eax, ax
  popfd
  ret
; elapsed since last elapsed, in ms (mod 54): skip
op_elapsed: ret
hex32: push eax
  shr eax, 16
  call hex16
  pop eax
hex16: push eax
  mov al, ah
  call hex8
  pop eax
hex8: push eax
  shr al, 4
  call .d
  pop eax
  push eax
  call .d
  pop eax
  ret
.d: and al, 15
  add al, '0'
  cmp al, '9'
  jbe putc
  add al, 'a'-'9'-1
putc: out 0xe9, al
  ret
nl: mov al, 10
  out 0xe9, al
  ret
align 16
stubs:
%assign i 0
%rep 256
  push dword i
  jmp near comm0n
  align 16
%assign i i+1
%endrep
comm0n:
  push eax
  push ebx
  mov ebx, [esp+8]
  cmp ebx, 32
  jb exc
  inc dword [0x3000+ebx*4]
  cmp byte [0x2010], 0
  je .d
  mov al, 0x20
  cmp ebx, 0x28
  jb .m
  cmp ebx, 0x30
  jae .d
  out 0xa0, al
.m: out 0x20, al
.d: pop ebx
  pop eax
  add esp, 4
  iretd
exc: mov al, 'X'
  call putc
  mov al, bl
  call hex8
  call nl
  jmp op_end
script:
